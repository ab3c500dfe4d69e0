import { existsSync } from 'node:fs';

import { chromium } from '@playwright/test';

import { commandFor, NotInstalled } from '../dev/install.js';
import { run } from '../dev/run.js';

/** What Debian and others call it. The shell is Chromium without what needs a screen: it starts sooner and takes less. */
const SHELL = 'chromium-headless-shell';
const COMMANDS = [SHELL, 'chromium', 'chromium-browser', 'google-chrome'];

/**
 * Playwright's own Chromium if it is there, else the machine's; where there is none Debian's is installed, or
 * Playwright's is downloaded.
 */
export async function findChromium(): Promise<string> {
  const own = chromium.executablePath();
  if (existsSync(own)) return own;
  try {
    return await commandFor(COMMANDS, SHELL);
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    const { ok, output } = await run(['npx', 'playwright', 'install', 'chromium']);
    if (ok) return own;
    throw new Error(`${error.message}, and Playwright could not download it:\n${output}`, {
      cause: error,
    });
  }
}
