import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { end, spawnGuarded } from './guarded-process.js';
import type { SettingsFile } from './settings-file.js';

export interface App {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it wrote to standard output and standard error, so far. */
  output(): string;
  /** Ends it in an orderly way; resolves to its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, to its workers too: as when the machine loses power. */
  kill(): Promise<void>;
}

export interface AppOptions {
  /** Variables on top of those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** The settings' file; by default the program's own. */
  readonly settings?: SettingsFile;
  /** Which built app; by default that of src/. */
  readonly app?: BuiltApp | undefined;
  /** Another command that starts it, with its arguments. */
  readonly command?: readonly [string, ...string[]];
  /** Hears each line that it writes. */
  readonly onLine?: (line: string) => void;
}

/** A built app: what serves, and what fills its tables with data to try. */
export interface BuiltApp {
  readonly main: string;
  readonly seed: string;
}

/** The app of src/. */
export const APP: BuiltApp = { main: 'dist/src/main.js', seed: 'dist/prisma/seed.js' };

/** It may finish what it has begun; after this it hangs. */
const STOP_TIMEOUT_MS = 30_000;

/**
 * Starts the built program and waits until it says that it is ready. It takes a free port unless PORT says otherwise.
 * @throws Error with its output when it ends before
 */
export async function startApp({
  env,
  settings,
  app = APP,
  command = [process.execPath, '--enable-source-maps', app.main],
  onLine,
}: AppOptions): Promise<App> {
  const [program, ...args] = command;
  const config = settings ? ['--config', settings.path] : [];
  const child = spawnGuarded(program, [...args, ...config], {
    env: { ...ownVariables(), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // What waits for the program, waits as long as it runs.
  child.ref();
  let output = '';
  const url = new Promise<string>((resolve, reject) => {
    const hear = (line: string): void => {
      output += `${line}\n`;
      onLine?.(line);
      const ready = readyUrl(line);
      if (ready !== null) resolve(ready);
    };
    hearLines(child.stdout, hear);
    hearLines(child.stderr, hear);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      reject(new Error(`the program ended (${signal ?? code}) before it was ready:\n${output}`));
    });
  });
  return {
    url: await url,
    process: child,
    output: () => output,
    stop: async () => {
      await end(child, 'SIGTERM', STOP_TIMEOUT_MS);
      return child.exitCode;
    },
    kill: async () => end(child, 'SIGKILL', 0),
  };
}

/** The variables of this process, but for those that a test runner sets for itself. */
function ownVariables(): NodeJS.ProcessEnv {
  const { NODE_ENV: _env, NODE_OPTIONS: _options, ...variables } = process.env;
  return variables;
}

function hearLines(stream: Readable | null, hear: (line: string) => void): void {
  if (stream) createInterface(stream).on('line', hear);
}

/** The address in the line that says that the program is ready. */
function readyUrl(line: string): string | null {
  if (!line.includes('"msg":"ready"')) return null;
  const { url } = JSON.parse(line) as { url?: unknown };
  return typeof url === 'string' ? url : null;
}
