import { PAGE } from '../test/counter/pages.js';
import { type Server, storeName } from './server.js';
import { test } from './visitor.js';

/** What tests need of the server that they go to. Without it they are skipped, and the report says why. */

/** For the tests of a file that start servers, and stop them: whoever names a server that runs wants that one tested. */
export function needServersOfItsOwn(): void {
  test.skip(
    Boolean(process.env['BASE_URL']),
    'It starts and stops servers of its own: run it without BASE_URL',
  );
  test.skip(storeName() !== 'redis', 'It stops Redis: run it with SESSION_STORE=redis');
}

/** For the tests of a file, or of a `describe`, that count on the page of test/counter. */
export function needCounter(): void {
  test.beforeEach(async ({ request }) => {
    const answer = await request.get(PAGE);
    test.skip(answer.status() === 404, `It needs ${PAGE}: run it without BASE_URL`);
  });
}

/** For a test that looks at keys in Redis, past the program. */
export function needRedis({ env }: Server): void {
  test.skip(storeName() !== 'redis', 'It looks into Redis: run it with SESSION_STORE=redis');
  test.skip(!env['REDIS_URL'], 'It looks into Redis: REDIS_URL must name the server’s');
}

/** For a test that runs `npm run sessions`. */
export function needOperator({ env }: Server): void {
  test.skip(storeName() === 'memory', 'Nobody else reaches the memory of a worker');
  test.skip(
    !env['DATABASE_URL'],
    'It runs npm run sessions: set DATABASE_URL and what else the server was started with',
  );
}
