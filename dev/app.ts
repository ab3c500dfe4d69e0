import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { atExit } from './at-exit.js';

export interface App {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it wrote to standard output and standard error, so far. */
  output(): string;
  /** Ends it in an orderly way; resolves to its exit code. */
  stop(): Promise<number | null>;
}

export interface AppOptions {
  /** Variables on top of those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** The program and its arguments; the built one by default. */
  readonly command?: readonly [string, ...string[]];
  /** Hears each line that it writes. */
  readonly onLine?: (line: string) => void;
}

/**
 * Starts the built program and waits until it says that it is ready. It takes a free port unless PORT says otherwise.
 * @throws Error with its output when it ends before
 */
export async function startApp({ env, command, onLine }: AppOptions): Promise<App> {
  const [program, ...args] = command ?? [
    process.execPath,
    '--enable-source-maps',
    'dist/src/main.js',
  ];
  const child = spawn(program, args, {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  atExit(() => child.kill('SIGTERM'));
  let output = '';
  const url = new Promise<string>((resolve, reject) => {
    const hear = (line: string): void => {
      output += `${line}\n`;
      onLine?.(line);
      const ready = readyUrl(line);
      if (ready) resolve(ready);
    };
    createInterface(child.stdout).on('line', hear);
    createInterface(child.stderr).on('line', hear);
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`the program ended with ${code}:\n${output}`)));
  });
  return {
    url: await url,
    process: child,
    output: () => output,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
      return child.exitCode;
    },
  };
}

/** The address in the line that says that the program is ready. */
function readyUrl(line: string): string | null {
  if (!line.includes('"msg":"ready"')) return null;
  const { url } = JSON.parse(line) as { url?: unknown };
  return typeof url === 'string' ? url : null;
}
