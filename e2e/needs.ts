import { test } from './visitor.js';

/** What tests need of the program that they look at. Without it they are skipped, and the report says why. */

/** For the tests of a file that start servers, and stop them: whoever names a server that runs wants that one tested. */
export function needServersOfItsOwn(): void {
  test.skip(
    () => !process.env['STARTED_FOR_TESTS'],
    'It starts and stops servers of its own: run it without BASE_URL',
  );
  test.skip(() => storeName() !== 'redis', 'It stops Redis: run it with SESSION_STORE=redis');
}

/** For a test that looks at keys in Redis, past the program. */
export function needRedis(): void {
  test.skip(storeName() !== 'redis', 'It looks into Redis: run it with SESSION_STORE=redis');
  test.skip(!process.env['REDIS_URL'], 'It looks into Redis: REDIS_URL must name the server’s');
}

/** For a test that runs `npm run sessions`. */
export function needOperator(): void {
  test.skip(storeName() === 'memory', 'Nobody else reaches the memory of a worker');
  test.skip(
    !process.env['DATABASE_URL'],
    'It runs npm run sessions: set DATABASE_URL and what else the server was started with',
  );
}

/** For a test in which a worker ends. */
export function needSessionsThatStay(): void {
  test.skip(storeName() === 'memory', 'Sessions in a worker’s memory end with it: use a store');
}

/** For the tests of a file that look behind the pages. */
export function needDemo(): void {
  test.beforeEach(async ({ request }) => {
    const answer = await request.get('/how-it-works');
    test.skip(
      answer.status() === 404,
      'It looks behind the pages: start the server with NODE_ENV=development',
    );
  });
}

function storeName(): string {
  return process.env['SESSION_STORE'] ?? 'redis';
}
