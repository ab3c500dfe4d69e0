import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { atExit } from './at-exit.js';

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly options?: SpawnOptions;
  /** Whether it answers as it should; that it accepts a connection by default. */
  readonly answers?: () => Promise<boolean>;
  /** The signal that ends it in an orderly way; SIGTERM by default. */
  readonly stopSignal?: NodeJS.Signals;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 20;
const KEPT_OUTPUT = 20_000;

/** A server as a process of ours: it can be stopped, killed, frozen and started again at the same address. */
export class ServerProcess {
  #child: ChildProcess | null = null;
  #output = '';

  constructor(readonly server: ServerCommand) {
    atExit(() => this.#child?.kill('SIGKILL'));
  }

  /** The last that the server wrote. */
  get output(): string {
    return this.#output;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the server answers. @throws Error with its output when it does not */
  async start(): Promise<void> {
    const { command, args, options } = this.server;
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const failures: string[] = [];
    child.on('error', (error) => failures.push(error.message));
    child.on('exit', (code, signal) => failures.push(`ended: ${signal ?? code}`));

    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.#answers())) {
      const [failure] = failures;
      if (failure) throw new Error(`${command} ${failure}\n${this.#output}`);
      if (Date.now() > deadline) throw new Error(`${command} does not answer\n${this.#output}`);
      await pause(POLL_MS);
    }
  }

  /** Ends the server in an orderly way, or by force when it takes too long. */
  async stop(): Promise<void> {
    const force = setTimeout(() => this.#child?.kill('SIGKILL'), STOP_TIMEOUT_MS);
    this.thaw();
    await this.#end(this.server.stopSignal ?? 'SIGTERM');
    clearTimeout(force);
  }

  /** SIGKILL: the server has no chance to write anything down. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGSTOP: connections stay open, nothing answers. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async #answers(): Promise<boolean> {
    return (await accepts(this.server.port)) && (await (this.server.answers?.() ?? true));
  }
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
