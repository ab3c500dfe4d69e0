import { existsSync } from 'node:fs';

import { chromium } from '@playwright/test';

import { commandFor } from '../dev/install.js';

/** Playwright's own Chromium if it is there, else the machine's; where there is none Debian's is installed. */
export function findChromium(): string {
  const own = chromium.executablePath();
  if (existsSync(own)) return own;
  return commandFor(['chromium', 'chromium-browser', 'google-chrome'], 'chromium');
}
