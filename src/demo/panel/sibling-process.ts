import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Kills a process that has the same parent as this one, as all workers have; false when there is no such process. */
export async function killSibling(pid: number): Promise<boolean> {
  if ((await parentOf(pid)) !== process.ppid) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended in the meantime.
    if (isError(error, 'ESRCH')) return false;
    throw error;
  }
}

/** Null when there is no such process. */
async function parentOf(pid: number): Promise<number | null> {
  const text = process.platform === 'linux' ? await statusOf(pid) : await listed(pid);
  const [ppid] = /\d+/.exec(text ?? '') ?? [];
  return ppid === undefined ? null : Number(ppid);
}

/** Images of containers often lack `ps`. */
async function statusOf(pid: number): Promise<string | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return /^PPid:.*$/m.exec(status)?.[0] ?? null;
  } catch (error) {
    if (isError(error, 'ENOENT') || isError(error, 'ESRCH')) return null;
    throw error;
  }
}

/** `ps` fails when there is no such process. */
async function listed(pid: number): Promise<string | null> {
  try {
    return (await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)])).stdout;
  } catch (error) {
    if (isError(error, 1)) return null;
    throw error;
  }
}

function isError(error: unknown, code: string | number): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
