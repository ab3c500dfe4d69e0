import { existsSync } from 'node:fs';

import { chromium } from '@playwright/test';

import { commandFor, NotInstalled } from '../dev/install.js';
import { run } from '../dev/run.js';

/**
 * Playwright's own Chromium if it is there, else the machine's; where there is none Debian's is installed, or
 * Playwright's is downloaded.
 */
export async function findChromium(): Promise<string> {
  const own = chromium.executablePath();
  if (existsSync(own)) return own;
  try {
    return await commandFor(['chromium', 'chromium-browser', 'google-chrome'], 'chromium');
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    const { ok, output } = await run(['npx', 'playwright', 'install', 'chromium']);
    if (ok) return own;
    throw new Error(`${error.message}, and Playwright could not download it:\n${output}`, {
      cause: error,
    });
  }
}
