import { Prisma } from './generated/client.js';

/** Prisma's codes for a server that is away, refuses connections, or has none left in time. */
const OUTAGE_CODES = new Set([
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

/** Whether an error means that PostgreSQL can't answer just now, rather than that a query was wrong. */
export function isDatabaseOutage(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  return error instanceof Prisma.PrismaClientKnownRequestError && OUTAGE_CODES.has(error.code);
}
