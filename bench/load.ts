import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Requests to be sent over some connections, each as soon as the answer to the one before is there. */
export interface Job {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /** The form that each browser sends, in the order of their cookies; or one for all. */
  readonly bodies?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections: number;
  /** The cookies of the browsers, which share the connections evenly; where they are more, they take turns. */
  readonly cookies: readonly string[];
  /** Whether browsers take new cookies from answers, as real ones do: connections of one share them. */
  readonly keepsCookies?: boolean;
  /** How long it goes on, if not until `requests` are answered. */
  readonly seconds: number;
  readonly requests?: number;
  /** At most so many. */
  readonly perSecond?: number;
}

/** The headers of a form. */
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** What came of it. */
export interface Load {
  /** How many answers had which status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Requests without an answer. */
  readonly failures: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly bytesPerAnswer: number;
  /** The cookies of the browsers at the end. */
  readonly cookies: readonly string[];
}

/** Sends requests from a process of its own. @throws Error when any is not answered with `status` */
export async function load(job: Job, status: number): Promise<Load> {
  const outcome = await startLoad(job).outcome;
  const others = Object.keys(outcome.statuses).filter((other) => Number(other) !== status);
  if (others.length > 0 || outcome.failures > 0) {
    throw new Error(`${job.url}: ${JSON.stringify(outcome.statuses)}, ${outcome.failures} failed`);
  }
  return outcome;
}

/** The same, for load that goes on while something else is measured. */
export function startLoad(job: Job): { readonly outcome: Promise<Load>; stop(): Promise<void> } {
  const child = fork('dist/bench/peers/load-process.js');
  child.send(job);
  const ended = once(child, 'exit');
  const outcome = Promise.race([
    once(child, 'message').then(([answer]) => answer as Load),
    ended.then(() => Promise.reject(new Error('the process that sends requests has ended'))),
  ]);
  void outcome.then(() => child.kill()).catch(() => undefined);
  return {
    outcome,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
