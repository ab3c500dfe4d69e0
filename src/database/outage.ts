import { DatabaseError } from 'pg';

import { Prisma } from './generated/client.js';

/** Whether an error means that PostgreSQL can't answer just now, rather than that a query was wrong. */
export function isDatabaseOutage(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    return PRISMA_OUTAGES.has(error.code) || POSTGRES_OUTAGE.test(sqlStateOf(error));
  }
  if (error instanceof DatabaseError) return POSTGRES_OUTAGE.test(error.code ?? '');
  if (!(error instanceof Error)) return false;
  return DRIVER_OUTAGE.test(error.message) || SOCKET_OUTAGES.has(Object(error).code);
}

/** Prisma's codes for a server that is away, lets nobody in, or has no connection left in time. */
const PRISMA_OUTAGES = new Set([
  'P1000',
  'P1001',
  'P1002',
  'P1008',
  'P1011',
  'P1017',
  'P2024',
  'P2028',
  'P2037',
]);

/**
 * PostgreSQL's own codes: connection lost, out of resources, stopped by an operator or a timeout, system error, and
 * read-only as a replica is until it has taken over.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const POSTGRES_OUTAGE = /^(08|53|57|58)...$|^25006$/;

/** What the driver says by itself, without a code, and Prisma passes on as it is. */
const DRIVER_OUTAGE =
  /^(Query read timeout|timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/;

/** What Node.js says of a server that can't be reached, or of a connection that was lost. */
const SOCKET_OUTAGES: ReadonlySet<unknown> = new Set([
  ...['EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH'],
  ...['ENETUNREACH', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'],
]);

function sqlStateOf({ meta }: Prisma.PrismaClientKnownRequestError): string {
  const { cause } = Object(meta?.['driverAdapterError']) as { cause?: { originalCode?: string } };
  return cause?.originalCode ?? '';
}
