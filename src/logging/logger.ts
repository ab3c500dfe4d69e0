import { type LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

import type { Config } from '../config/config.js';

/**
 * Structured logs on standard output: one JSON object a line, times in UTC.
 * @param worker which worker of its supervisor writes them, if any
 */
export function createLogger({ log }: Pick<Config, 'log'>, worker?: number): Logger {
  const base = { pid: process.pid, ...(worker === undefined ? {} : { worker }) };
  return pino({ level: log.level, timestamp: stdTimeFunctions.isoTime, base }, standardOutput());
}

/** How much of the log waits when it can't be written, in bytes. */
const MOST_WAITING = 1_048_576;

/**
 * Lines of one turn of the event loop are written at its end, with one system call for all: one for each took a sixth
 * of the time of a request. A full disk under the log ends nobody who serves: lines wait for space, and those past the
 * limit are lost.
 */
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: process.stdout.fd, sync: true, maxLength: MOST_WAITING });
  // There is nowhere left to say it.
  output.on('error', () => undefined);
  let lines = '';
  const writeLines = (): void => {
    if (lines !== '') output.write(lines);
    lines = '';
  };
  process.on('exit', writeLines);
  return {
    write(line) {
      if (lines === '') setImmediate(writeLines);
      lines += line;
    },
  };
}

/** Says that the program serves, and where, whatever the level of the log: others wait for this line. */
export function announce(logger: Logger, url: string, workers: number): void {
  logger.child({}, { level: 'info' }).info({ url, workers }, 'ready');
}

/** Parts of Nest that tell of each start what is the same at each. */
const FRAMEWORK = new Set(
  'NestFactory InstanceLoader RoutesResolver RouterExplorer NestApplication'.split(' '),
);

/** Nest's own lines, and those of its `Logger`, in the same log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const level = FRAMEWORK.has(String(rest.at(-1))) ? 'debug' : 'info';
    this.#write(level, message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  /** An object is logged by its fields. */
  #write(level: 'debug' | 'info' | 'warn' | 'error', message: unknown, rest: unknown[]): void {
    if (typeof message === 'string') this.logger[level](fields(rest), message);
    else this.logger[level]({ ...fields(rest), ...Object(message) });
  }
}

/** Nest passes the context last, and before it, with an error, the stack. */
function fields(rest: unknown[]): { context?: unknown; stack?: unknown } {
  const [stack, context] = rest.length > 1 ? rest : [undefined, rest[0]];
  return { ...(context ? { context } : {}), ...(stack ? { stack } : {}) };
}
