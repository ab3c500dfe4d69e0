import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Whether Node was asked to run this module (`import.meta.url`), rather than another that imports it. It holds through
 * links too: a release is often run from a folder named `current` that is one.
 */
export function isProgram(moduleUrl: string): boolean {
  const [, program] = process.argv;
  return program !== undefined && realpathSync(program) === fileURLToPath(moduleUrl);
}
