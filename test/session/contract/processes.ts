import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { SessionKey } from '../../../src/session/session-id.js';
import type { Version } from '../../../src/session/stores/session-store.js';
import type { StoreUnderTest } from './store-under-test.js';

/** What the suite may ask of another process. */
export type Order =
  | { do: 'replace'; key: SessionKey; version: Version; times: number }
  | { do: 'update'; key: SessionKey; name: string; times: number }
  | { do: 'fill' };

export type Answer = { result: number } | { error: string };

const PROGRAM = fileURLToPath(new URL('other-process.ts', import.meta.url));

/** Other processes with the same store: as the workers of an app are. */
export class Processes {
  static async start(under: StoreUnderTest, count: number): Promise<Processes> {
    const others = Array.from({ length: count }, () => new OtherProcess(under));
    await Promise.all(others.map(async (other) => other.answer()));
    return new Processes(others);
  }

  private constructor(private readonly others: readonly OtherProcess[]) {}

  /** Has all of them do something at once. */
  async each<T>(act: (other: OtherProcess, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.others.map(act));
  }

  async end(): Promise<void> {
    await this.each(async (other) => other.end());
  }
}

export class OtherProcess {
  readonly #child: ChildProcess;

  /** @param limit a command of the shell that limits what the process may do, like `ulimit -f 100` */
  constructor({ module, settings }: Pick<StoreUnderTest, 'module' | 'settings'>, limit = ':') {
    const command = [process.execPath, '--import', 'tsx', PROGRAM];
    this.#child = spawn(
      'sh',
      ['-c', `${limit}; exec "$@"`, 'sh', ...command, JSON.stringify({ module, settings })],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
  }

  /** Tries to replace a session as often as that at once; resolves to how many succeeded. */
  async replace(key: SessionKey, version: Version, times: number): Promise<number> {
    return this.#ask({ do: 'replace', key, version, times });
  }

  /** Counts in a session's data, as often as that at once. */
  async update(key: SessionKey, name: string, times: number): Promise<number> {
    return this.#ask({ do: 'update', key, name, times });
  }

  /** Ends it at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async end(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }

  /** Makes sessions of 20 kB until one is refused; resolves to how many there are then, all readable. */
  async fill(): Promise<number> {
    return this.#ask({ do: 'fill' });
  }

  async answer(): Promise<number> {
    const gone = once(this.#child, 'exit').then(([code]) => ({ error: `it ended with ${code}` }));
    const said = once(this.#child, 'message').then(([answer]) => answer as Answer);
    const answer = await Promise.race([said, gone]);
    if ('error' in answer) throw new Error(`another process: ${answer.error}`);
    return answer.result;
  }

  async #ask(order: Order): Promise<number> {
    const answer = this.answer();
    this.#child.send(order);
    return answer;
  }
}
