import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';

import { SESSION_EVENTS, type SessionObserver } from '../session/session-observer.js';

/** What an attempt to send an email came to. */
export type EmailOutcome = (typeof EMAIL_OUTCOMES)[number];

const EMAIL_OUTCOMES = ['sent', 'refused', 'obsolete', 'deferred', 'given_up'] as const;

/** A metric with its values of some moment, as it goes from process to process. */
export type MetricValues = MetricObjectWithValues<MetricValue<string>>;

/** What a worker says of itself. */
export interface MetricsReport {
  /** What is summed over all workers. */
  readonly summed: readonly MetricValues[];
  /** What is its process's alone. */
  readonly own: readonly MetricValues[];
}

/** From a page without a session to one that waits for the slowest timeout of config/server.yaml. */
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** From a Redis on this machine to the largest `timeout_ms` that is of any use. */
const STORE_SECONDS = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1];

/** argon2id as OWASP has it takes some 20 ms of a core, and a full queue is worth a second. */
const PASSWORD_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/**
 * What a worker counts and measures, and what each of it is called. Labels take few values: routes as they are declared,
 * and never anything that a client has sent.
 */
export class Metrics {
  readonly #summed = new Registry();
  readonly #own = new Registry();

  readonly #requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
    registers: [this.#summed],
  });
  readonly #refused = new Counter({
    name: 'http_requests_refused_total',
    help: 'Requests answered with 503 because the event loop was late.',
    registers: [this.#summed],
  });
  readonly #sessionEvents = new Counter({
    name: 'session_events_total',
    help: 'What became of sessions.',
    labelNames: ['event'],
    registers: [this.#summed],
  });
  readonly #storeOperations = new Histogram({
    name: 'session_store_operation_duration_seconds',
    help: 'Time that the session store took for an operation, by how it came out.',
    labelNames: ['operation', 'outcome'],
    buckets: STORE_SECONDS,
    registers: [this.#summed],
  });
  readonly #loginWaits = new Histogram({
    name: 'login_wait_seconds',
    help: 'Time that a login waited for its turn.',
    buckets: PASSWORD_SECONDS,
    registers: [this.#summed],
  });
  readonly #passwordWork = new Histogram({
    name: 'password_work_seconds',
    help: 'Time that argon2 took for a password.',
    buckets: PASSWORD_SECONDS,
    registers: [this.#summed],
  });
  readonly #passwordsRefused = new Counter({
    name: 'passwords_refused_total',
    help: 'Passwords answered with 503 because too many waited, or for too long.',
    registers: [this.#summed],
  });

  readonly #passwordsWaiting = new Gauge({
    name: 'passwords_waiting',
    help: 'Logins and passwords that wait for their turn.',
    registers: [this.#summed],
  });
  #countWaiting = (): number => 0;

  readonly #emails = new Counter({
    name: 'email_attempts_total',
    help: 'Attempts to send an email, by how they came out.',
    labelNames: ['outcome'],
    registers: [this.#summed],
  });
  readonly #outboxEmails = new Gauge({
    name: 'outbox_emails',
    help: 'Emails in the outbox, as the worker saw it last.',
    registers: [this.#own],
  });
  readonly #outboxAge = new Gauge({
    name: 'outbox_oldest_email_age_seconds',
    help: 'How long the oldest of them waits.',
    registers: [this.#own],
  });

  /** For the session library. */
  readonly sessions: SessionObserver = {
    onEvent: (event) => this.#sessionEvents.inc({ event }),
    onOperation: (operation, ms, error) =>
      this.#storeOperations.observe({ operation, outcome: outcomeOf(error) }, ms / 1_000),
  };

  /** @param worker which worker of its supervisor this process is */
  constructor(worker: number) {
    this.#own.setDefaultLabels({ worker: String(worker) });
    collectDefaultMetrics({ register: this.#own });
    // A rate is seen from the first event on if there was a zero before.
    for (const event of SESSION_EVENTS) this.#sessionEvents.inc({ event }, 0);
    for (const outcome of EMAIL_OUTCOMES) this.#emails.inc({ outcome }, 0);
  }

  /** @param route as it is declared; none for what no route takes */
  requestAnswered(method: string, route: string | undefined, status: number, ms: number): void {
    const labels = route === undefined ? { method: 'any', route: 'none' } : { method, route };
    this.#requests.observe({ ...labels, status }, ms / 1_000);
  }

  requestRefused(): void {
    this.#refused.inc();
  }

  loginWaited(ms: number): void {
    this.#loginWaits.observe(ms / 1_000);
  }

  passwordChecked(ms: number): void {
    this.#passwordWork.observe(ms / 1_000);
  }

  passwordRefused(): void {
    this.#passwordsRefused.inc();
  }

  /** @param waiting says how many wait for their turn at that moment */
  watchPasswords(waiting: () => number): void {
    this.#countWaiting = waiting;
  }

  emailAttempted(outcome: EmailOutcome): void {
    this.#emails.inc({ outcome });
  }

  outboxMeasured({ emails, oldestSeconds }: { emails: number; oldestSeconds: number }): void {
    this.#outboxEmails.set(emails);
    this.#outboxAge.set(oldestSeconds);
  }

  async report(): Promise<MetricsReport> {
    this.#passwordsWaiting.set(this.#countWaiting());
    const [summed, own] = await Promise.all([
      this.#summed.getMetricsAsJSON(),
      this.#own.getMetricsAsJSON(),
    ]);
    return { summed: summed.map(withNumbers), own: own.map(withNumbers) };
  }
}

function outcomeOf(error: unknown): string {
  if (error === undefined) return 'ok';
  return error instanceof Error ? error.name : 'Error';
}

/** A value that was not measured yet is NaN, for which JSON has no word. */
function withNumbers(metric: MetricValues): MetricValues {
  const values = metric.values.filter(({ value }) => Number.isFinite(value));
  return { ...metric, values, aggregator: 'sum' };
}
