import { setTimeout as pause } from 'node:timers/promises';

import { SettingsFile } from '../../dev/settings-file.js';
import { type RedisStack, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';
import { METRICS_ON, MetricsPage } from './metrics-page.js';

let stack: RedisStack;
let ada: Browser;
beforeAll(async () => {
  const settings = new SettingsFile({ server: { max_event_loop_delay_ms: 100 } });
  stack = await startStack({ ...METRICS_ON, WORKERS: '1' }, { settings });
  ada = new Browser(stack.url);
  await ada.logIn();
});
afterAll(async () => stack.stop());

/** What a container does to a process that has used up its share of the CPU: it stands still most of the time. */
class Throttle {
  #released = false;
  readonly #over = this.#throttle();

  async release(): Promise<void> {
    this.#released = true;
    await this.#over;
  }

  async #throttle(): Promise<void> {
    while (!this.#released) {
      stack.app.process.kill('SIGSTOP');
      await pause(400);
      stack.app.process.kill('SIGCONT');
      await pause(20);
    }
  }
}

/** The first answer to a request, sent again and again, that has this status. */
async function answerOf(status: number, ask: () => Promise<Response>): Promise<Response> {
  let response = await ask();
  while (response.status !== status) {
    await response.text();
    response = await ask();
  }
  return response;
}

const refusals = async () => (await MetricsPage.of(stack.app)).sum('http_requests_refused_total');

test('a worker that can’t keep up says so at once, and serves again when it can', async () => {
  expect(await refusals()).toBe(0);
  const throttle = new Throttle();
  const page = await answerOf(503, async () => ada.get('/account'));
  const problem = await answerOf(503, async () =>
    ada.get('/account', { accept: 'application/json' }),
  );
  const file = await answerOf(503, async () => ada.get('/styles.css'));
  const post = await answerOf(503, async () => ada.post('/account/name', { name: 'Ada' }));
  const health = await Promise.all(
    ['', '/live', '/ready'].map(async (path) => ada.get(`/health${path}`)),
  );
  await throttle.release();

  for (const refused of [page, problem, file, post]) {
    expect(refused.headers.get('retry-after')).toBe('2');
    // The session is as good as before.
    expect(refused.headers.get('set-cookie')).toBeNull();
  }
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const html = await page.text();
  expect(html).toContain('More people are here right now than we can serve');
  expect(html).toContain('href="/account">Try again');
  expect(problem.headers.get('content-type')).toMatch('application/problem+json');
  expect(await problem.json()).toMatchObject({ status: 503, title: 'One moment, please' });
  expect(health.map(({ status }) => status)).toEqual([200, 200, 200]);

  await answerOf(200, async () => ada.get('/account'));
  expect(await refusals()).toBeGreaterThanOrEqual(4);
});
