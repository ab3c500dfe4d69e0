import { types } from 'node:util';

import { SessionRecordCorrupt, SessionStoreUnavailable } from '../session.errors.js';

/**
 * Asks a server. Whatever goes wrong, or takes longer than `timeoutMs` milliseconds, means that it can't answer.
 * @throws SessionStoreUnavailable that says which server and why
 * @throws SessionRecordCorrupt as it comes
 */
export async function answerOf<T>(
  server: string,
  timeoutMs: number,
  ask: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (cause) {
    if (cause instanceof SessionRecordCorrupt || cause instanceof SessionStoreUnavailable) {
      throw cause;
    }
    throw new SessionStoreUnavailable(`${server}: ${reasonOf(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(cause: unknown): string {
  // A name with an IPv4 and an IPv6 address fails once for each.
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  return types.isNativeError(cause) ? cause.message || cause.name : String(cause);
}
