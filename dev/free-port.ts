import getPort from 'get-port';

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  return getPort({ host: '127.0.0.1' });
}
