import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { endWithUs } from './guard.js';
import { end, hasEnded, spawnGuarded } from './guarded-process.js';
import { allStopped, anyRuns, descendants, signal } from './process-tree.js';

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Where the server runs and what it writes is kept. */
  readonly folder: string;
  readonly port: number;
  readonly options?: Pick<SpawnOptions, 'env' | 'uid' | 'gid'>;
  /** Whether it answers as it should. */
  readonly answers: () => Promise<boolean>;
  /** The signal that ends it in an orderly way; SIGTERM by default. */
  readonly stopSignal?: NodeJS.Signals;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 20;
const SHOWN_OUTPUT = 4_000;

/** A server as a process of ours: it can be stopped, killed, frozen and started again at the same address. */
export class ServerProcess {
  readonly port: number;
  readonly #outputFile: string;
  #child: ChildProcess | null = null;
  #thawed: (() => void)[] = [];

  constructor(readonly server: ServerCommand) {
    this.port = server.port;
    this.#outputFile = join(server.folder, 'output.log');
  }

  /** What the server has written since it was first started. */
  get output(): string {
    return existsSync(this.#outputFile) ? readFileSync(this.#outputFile, 'utf8') : '';
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the server answers. @throws Error with the end of its output when it does not */
  async start(): Promise<void> {
    if (this.#child && !hasEnded(this.#child)) return;
    const child = this.#spawn();
    const failures: string[] = [];
    child.on('error', (error) => failures.push(error.message));
    child.on('exit', (code, reason) => failures.push(`ended: ${reason ?? code}`));
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.server.answers())) {
      if (Date.now() > deadline) failures.push('does not answer');
      const [failure] = failures;
      if (failure !== undefined) {
        await end(child, 'SIGKILL', 0);
        throw new Error(
          `${this.server.command} ${failure}\n${this.output.slice(-SHOWN_OUTPUT)}`.trim(),
        );
      }
      await pause(POLL_MS);
    }
  }

  /** Ends the server in an orderly way, or by force when it takes too long. */
  async stop(): Promise<void> {
    this.thaw();
    if (this.#child) await end(this.#child, this.server.stopSignal ?? 'SIGTERM', STOP_TIMEOUT_MS);
  }

  /** SIGKILL, to its children too: as when the machine loses power. */
  async kill(): Promise<void> {
    const [main, ...children] = this.#family('SIGSTOP');
    if (main === undefined || !this.#child) return;
    for (const pid of children) signal(pid, 'SIGKILL');
    await end(this.#child, 'SIGKILL', 0);
    while (anyRuns(children)) await pause(POLL_MS);
    this.#release();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** SIGSTOP, to its children too: connections stay open and new ones are accepted, but nothing answers. */
  async freeze(): Promise<void> {
    const family = this.#family('SIGSTOP');
    const children = family.slice(1);
    for (const pid of children) signal(pid, 'SIGSTOP');
    // They would not notice that the server is gone, as its children do otherwise.
    this.#thawed.push(...children.map(endWithUs));
    while (!allStopped(family)) await pause(1);
  }

  thaw(): void {
    for (const pid of this.#family('SIGCONT')) signal(pid, 'SIGCONT');
    this.#release();
  }

  #release(): void {
    for (const thawed of this.#thawed.splice(0)) thawed();
  }

  #spawn(): ChildProcess {
    const { command, args, folder, options } = this.server;
    const output = openSync(this.#outputFile, 'a');
    const stdio: SpawnOptions['stdio'] = ['ignore', output, output];
    this.#child = spawnGuarded(command, args, { ...options, cwd: folder, stdio });
    closeSync(output);
    return this.#child;
  }

  /** Sends the server a signal, so that it starts no more children; returns its number and theirs. */
  #family(first: NodeJS.Signals): number[] {
    const pid = this.#child?.pid;
    if (!this.#child || hasEnded(this.#child) || pid === undefined) return [];
    signal(pid, first);
    return [pid, ...descendants(pid)];
  }
}
