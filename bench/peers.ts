import { existsSync, rmSync, statSync, symlinkSync } from 'node:fs';

import { run } from '../dev/run.js';
import { step } from '../dev/terminal.js';

const FOLDER = 'bench/peers';
const INSTALLED = `${FOLDER}/node_modules/.package-lock.json`;

/** Installs the packages of the peers, if they are not what the lock file names, and builds the peers. */
export async function preparePeers(): Promise<void> {
  if (!existsSync(INSTALLED) || isOlder(INSTALLED, `${FOLDER}/package-lock.json`)) {
    await step('Peers', async (show) => {
      show('installing their packages, once; takes a minute');
      await runIn('npm', 'ci', '--prefix', FOLDER, '--ignore-scripts', '--no-audit', '--no-fund');
      return 'installed';
    });
  }
  await runIn(process.execPath, 'node_modules/@swc/cli/bin/swc.js', FOLDER, '-d', 'dist', ...SWC);
  rmSync('dist/bench/peers/node_modules', { force: true });
  symlinkSync(`../../../${FOLDER}/node_modules`, 'dist/bench/peers/node_modules');
}

const SWC = ['--extensions', '.ts', '--ignore', '**/node_modules/**'];

function isOlder(file: string, other: string): boolean {
  return statSync(file).mtimeMs < statSync(other).mtimeMs;
}

async function runIn(...command: string[]): Promise<void> {
  const { ok, output } = await run(command);
  if (!ok) throw new Error(`${command.join(' ')}\n${output}`);
}
