import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Text as a file name that no file system takes for a path or for another spelling of the same. */
export function hexOf(text: string): string {
  return Buffer.from(text).toString('hex');
}

export function textOf(hex: string): string {
  return Buffer.from(hex, 'hex').toString();
}

/** Writes a new file that is on the disk when this resolves; its name is once the folder is synced. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a folder, for nobody else to read, and those above it; resolves to whether it was not there before. */
export async function makeFolder(path: string): Promise<boolean> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return false;
  for (let made = path; made.length >= first.length; made = dirname(made))
    await sync(dirname(made));
  return true;
}

/** Resolves when what was made, renamed and removed in these folders is on the disk. */
export async function sync(...folders: string[]): Promise<void> {
  for (const path of folders) {
    const folder = await open(path);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

/** Whether something could be done to a file: false when the file, or the folder that it should be in, is gone. */
export async function ifThere(done: Promise<unknown>): Promise<boolean> {
  return (await orGone(done.then(() => true))) ?? false;
}

/** What was found; null when the file or folder is gone. */
export async function orGone<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The system's name for what went wrong, like ENOENT. */
export function codeOf(error: unknown): unknown {
  return (Object(error) as { code?: unknown }).code;
}
