import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The children of a process, theirs and so on, parents first. */
export function descendants(pid: number): number[] {
  const processes = list();
  const found = [pid];
  for (const ancestor of found) {
    found.push(...processes.filter(({ parent }) => parent === ancestor).map((child) => child.pid));
  }
  return found.slice(1);
}

/** Sends a signal to a process, if it has not ended in the meantime. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (Object(error).code !== 'ESRCH') throw error;
  }
}

/** Whether one of these processes still runs. */
export function anyRuns(pids: readonly number[]): boolean {
  return list().some((process) => pids.includes(process.pid) && runs(process));
}

/** Whether a process of this process group still runs. */
export function groupRuns(leader: number): boolean {
  return list().some((process) => process.group === leader && runs(process));
}

/** Whether these processes stand still after SIGSTOP: a thread that has to wait for a core may go on for a while. */
export function allStopped(pids: readonly number[]): boolean {
  return pids.flatMap(threadStates).every((state) => /^[TZX]/.test(state));
}

function threadStates(pid: number): string[] {
  if (!existsSync('/proc/self/stat')) {
    return list().flatMap((process) => (process.pid === pid ? [process.state] : []));
  }
  return readFolder(`/proc/${pid}/task`).map(
    (thread) => STAT.exec(readStat(`${pid}/task/${thread}`))?.[2] ?? 'X',
  );
}

/** One that has ended stays in the list until its parent asks how. */
function runs({ state }: Entry): boolean {
  return !state.startsWith('Z');
}

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
}

function list(): Entry[] {
  // A small Linux image has no `ps`, and other systems no /proc.
  return existsSync('/proc/self/stat') ? listFromProc() : listFromPs();
}

/** "12 (name) S 1 …": number, state, parent and group. The name may hold spaces and brackets. */
const STAT = /^(\d+) \(.*\) (\S) (\d+) (\d+)/s;

function listFromProc(): Entry[] {
  return readFolder('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const fields = STAT.exec(readStat(name));
      return fields ? [entry(fields[1], fields[3], fields[4], fields[2])] : [];
    });
}

function readStat(process: string): string {
  return unlessEnded(() => readFileSync(`/proc/${process}/stat`, 'utf8'), '');
}

function readFolder(path: string): string[] {
  return unlessEnded(() => readdirSync(path), []);
}

function unlessEnded<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    // The process ended in the meantime.
    return otherwise;
  }
}

function listFromPs(): Entry[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,state='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, group, state]) => entry(pid, parent, group, state));
}

function entry(pid = '', parent = '', group = '', state = ''): Entry {
  return { pid: Number(pid), parent: Number(parent), group: Number(group), state };
}
