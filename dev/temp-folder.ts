import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { atExit } from './at-exit.js';

/** Makes a folder of our own that goes away with this process. */
export function tempFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `nest-session-starter-${name}-`));
  // A server that runs as another user must be able to pass through.
  chmodSync(folder, 0o711);
  atExit(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
