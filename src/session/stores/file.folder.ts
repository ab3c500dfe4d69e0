import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { ifThere, makeFolder, orGone, sync, writeDurably } from './file.system.js';

/** What a session's folder holds at some moment. */
export interface Content {
  readonly version: string;
  readonly text: string;
  /** When it was last touched, in milliseconds since 1970. */
  readonly touchedAt: number;
}

/** A folder may be without a version for as long as it takes to make the first. */
const BEING_MADE_MS = 60_000;

/** A change under way can hide the newest version from a look at the folder, but not from several. */
const MOST_LOOKS = 100;

/**
 * The folder of one session. `VERSION.json` is its text, and the empty `VERSION.current` says that this is the newest;
 * the time of its last change is the idle clock. A change writes a new `.json`, and then renames the `.current` of the
 * version that it was made from: the file system lets one such rename succeed, and for all others the file is gone. A
 * version is a random name and never comes again. So whenever a process is killed, the old text counts or the new one,
 * whole.
 */
export class SessionFolder {
  constructor(private readonly path: string) {}

  /** Makes the folder with a first version; null when it is there already. */
  async create(text: string): Promise<string | null> {
    if (!(await makeFolder(this.path))) return null;
    const version = randomUUID();
    try {
      await writeDurably(this.#file(version, 'json'), text);
      await writeDurably(this.#file(version, 'current'), '');
      await sync(this.path);
    } catch (error) {
      await this.remove();
      throw error;
    }
    return version;
  }

  /** What counts now; null when there is nothing. */
  async read(): Promise<Content | null> {
    for (let look = 0; look < MOST_LOOKS; look++) {
      const names = await orGone(readdir(this.path));
      if (names === null || names.some((name) => name.endsWith('.ended'))) return null;
      const version = names.find((name) => name.endsWith('.current'))?.replace('.current', '');
      const content = version === undefined ? null : await this.#content(version);
      if (content) return content;
    }
    return null;
  }

  /** Restarts the idle clock; a change that came in between has done so itself. */
  async touch(version: string): Promise<void> {
    const now = new Date();
    await ifThere(utimes(this.#file(version, 'current'), now, now));
  }

  /** Puts a text in place of a version's; null when that is not the newest. */
  async replace(version: string, text: string): Promise<string | null> {
    const next = randomUUID();
    if (!(await ifThere(this.#write(next, text)))) return null;
    if (!(await this.#claim(version, this.#file(next, 'current')))) {
      await rm(this.#file(next, 'json'), { force: true });
      return null;
    }
    await this.touch(next);
    await ifThere(sync(this.path));
    await rm(this.#file(version, 'json'), { force: true });
    return next;
  }

  /** Ends a version's session and removes the folder; false when that is not the newest. */
  async end(version: string): Promise<boolean> {
    if (!(await this.#claim(version, this.#file(version, 'ended')))) return false;
    await ifThere(sync(this.path));
    await this.remove();
    return true;
  }

  async remove(): Promise<void> {
    // Somebody who is too late may still be writing into it.
    await rm(this.path, { recursive: true, force: true, maxRetries: 10 });
  }

  /** Whether it is what a killed process has left: ended, or never finished. */
  async isAbandoned(): Promise<boolean> {
    const folder = await orGone(stat(this.path));
    return (
      folder !== null &&
      Date.now() - folder.mtimeMs > BEING_MADE_MS &&
      !(await orGone(readdir(this.path)))?.some((name) => name.endsWith('.current'))
    );
  }

  async #content(version: string): Promise<Content | null> {
    const text = await orGone(readFile(this.#file(version, 'json'), 'utf8'));
    const current = await orGone(stat(this.#file(version, 'current')));
    return text === null || current === null ? null : { version, text, touchedAt: current.mtimeMs };
  }

  /** Writes the text of a version that does not count yet; what a full disk leaves of it is removed. */
  async #write(version: string, text: string): Promise<void> {
    const file = this.#file(version, 'json');
    try {
      await writeDurably(file, text);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  /** Of all who claim a version one succeeds. */
  async #claim(version: string, as: string): Promise<boolean> {
    return ifThere(rename(this.#file(version, 'current'), as));
  }

  #file(version: string, kind: 'json' | 'current' | 'ended'): string {
    return join(this.path, `${version}.${kind}`);
  }
}
