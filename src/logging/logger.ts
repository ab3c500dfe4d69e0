import { type LoggerService } from '@nestjs/common';
import { type Logger, pino, stdTimeFunctions } from 'pino';

import type { Config } from '../config/config.js';

/** Structured logs on standard output: one JSON object a line, times in UTC. */
export function createLogger({ log }: Pick<Config, 'log'>): Logger {
  return pino({ level: log.level, timestamp: stdTimeFunctions.isoTime });
}

/** Nest's own lines, and those of its `Logger`, in the same log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.info(fields(rest), String(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(fields(rest), String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error(fields(rest), String(message));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(fields(rest), String(message));
  }
}

/** Nest passes the context last, and before it, with an error, the stack. */
function fields(rest: unknown[]): { context?: unknown; stack?: unknown } {
  const [stack, context] = rest.length > 1 ? rest : [undefined, rest[0]];
  return { ...(context ? { context } : {}), ...(stack ? { stack } : {}) };
}
