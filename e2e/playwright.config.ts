import { defineConfig } from '@playwright/test';

import { findChromium } from './chromium.js';

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  // One browser at a time: the servers and the browser share the machine.
  workers: 1,
  // Two slow cores carry a browser, the workers and the servers.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['html', { outputFolder: '../playwright-report', open: 'never' }]],
  use: {
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: await findChromium(),
      args: [
        '--disable-gpu',
        '--disable-background-networking',
        // Chromium has no sandbox for root, as whom containers often run their tests.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    },
  },
});
