import { type App, startApp } from './app.js';
import { type Nginx, startNginx } from './nginx.js';
import { type RedisStack, startStack } from './stack.js';

/** Several supervisors with the same Redis and PostgreSQL, behind one address: as several machines are. */
export interface Machines extends RedisStack {
  readonly nginx: Nginx;
  readonly all: readonly App[];
}

/** Starts as many machines, with two workers each unless the variables say otherwise, and an nginx in front of them. */
export async function startMachines(
  count: number,
  ...options: Parameters<typeof startStack>
): Promise<Machines> {
  const first = await startStack(...options);
  const { env, settings } = first;
  const app = options[1]?.app;
  const others = Array.from({ length: count - 1 }, async () => startApp({ env, app, settings }));
  const all = [first.app, ...(await Promise.all(others))];
  const nginx = await startNginx(all.map(({ url }) => url));
  return {
    ...first,
    url: nginx.url,
    nginx,
    all,
    stop: async () => {
      await nginx.stop();
      await Promise.all(all.slice(1).map(async (other) => other.stop()));
      await first.stop();
    },
  };
}
