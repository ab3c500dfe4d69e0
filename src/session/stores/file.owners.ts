import { hash } from 'node:crypto';
import { readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { SessionKey } from '../session-id.js';
import { codeOf, hexOf, ifThere, makeFolder, orGone, sync, textOf } from './file.system.js';

/** How long a session may be in the list before it is there, in milliseconds: it is being made. */
const BEING_MADE_MS = 60_000;

/** Which sessions a user has: a folder for each, with an empty file for each session. */
export class FileOwners {
  constructor(private readonly folder: string) {}

  async add(owner: string, key: SessionKey): Promise<void> {
    const folder = this.#folderOf(owner);
    do {
      await makeFolder(folder);
      // Somebody may be removing the folder because it is empty.
    } while (!(await ifThere(writeFile(join(folder, hexOf(key)), '', { mode: 0o600 }))));
    await ifThere(sync(folder));
  }

  async keysOf(owner: string): Promise<SessionKey[]> {
    const names = (await orGone(readdir(this.#folderOf(owner)))) ?? [];
    return names.map((name) => textOf(name) as SessionKey);
  }

  async remove(owner: string, key: SessionKey): Promise<void> {
    const folder = this.#folderOf(owner);
    await rm(join(folder, hexOf(key)), { force: true });
    await removeIfEmpty(folder);
  }

  /** Forgets a session that was not found, unless it is being made just now. */
  async forget(owner: string, key: SessionKey): Promise<void> {
    const file = await orGone(stat(join(this.#folderOf(owner), hexOf(key))));
    if (file && Date.now() - file.mtimeMs > BEING_MADE_MS) await this.remove(owner, key);
  }

  #folderOf(owner: string): string {
    return join(this.folder, hash('sha256', owner));
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(String(codeOf(error)))) throw error;
  }
}
