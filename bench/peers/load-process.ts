import autocannon from 'autocannon';

import type { Job, Load } from '../load.js';

/** A process of its own that sends requests, so that what is measured does not wait for who measures. */

process.once('message', (job: Job) => {
  void load(job).then((outcome) => process.send?.(outcome));
});

async function load(job: Job): Promise<Load> {
  const browsers = job.cookies.map((cookie, i) => ({
    cookie,
    body: job.bodies?.[i % job.bodies.length] ?? '',
  }));
  const statuses: Record<number, number> = {};
  const times: number[] = [];
  let [clients, bytes, lastAnswerAt] = [0, 0, 0];
  const startedAt = performance.now();
  const { errors, timeouts } = await autocannon({
    url: job.url,
    method: job.method ?? 'GET',
    connections: job.connections,
    setupClient: (client) => {
      const first = clients++ % browsers.length;
      const own = browsers.filter((_, i) => i >= first && (i - first) % job.connections === 0);
      client.setRequests(own.map((browser) => requestOf(job, browser)));
      client.on('response', (status, size, ms) => {
        statuses[status] = (statuses[status] ?? 0) + 1;
        times.push(ms);
        bytes += size;
        lastAnswerAt = performance.now();
      });
    },
    ...(job.requests === undefined ? { duration: job.seconds } : { amount: job.requests }),
    ...(job.perSecond !== undefined && {
      overallRate: job.perSecond,
      ignoreCoordinatedOmission: true,
    }),
  });
  times.sort((a, b) => a - b);
  return {
    statuses,
    failures: errors + timeouts,
    perSecond: (times.length / (lastAnswerAt - startedAt)) * 1_000,
    p50Ms: times[Math.floor(times.length * 0.5)] ?? NaN,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? NaN,
    bytesPerAnswer: bytes / times.length,
    cookies: browsers.map(({ cookie }) => cookie),
  };
}

interface Browser {
  cookie: string;
  readonly body: string;
}

function requestOf(job: Job, browser: Browser): autocannon.Request {
  const headers = { ...job.headers, ...(browser.cookie && { cookie: browser.cookie }) };
  const { body } = browser;
  if (!job.keepsCookies) return { headers, body };
  return {
    setupRequest: (request) => ({
      ...request,
      body,
      headers: { ...headers, cookie: browser.cookie },
    }),
    onResponse: (_status, _body, _context, answered = {}) => {
      // autocannon leaves the names of headers as they were sent.
      const lines = Object.entries(answered).find(([name]) => name.toLowerCase() === 'set-cookie');
      for (const line of [lines?.[1] ?? []].flat())
        browser.cookie = withCookie(browser.cookie, line);
    },
  };
}

/** The cookies of a browser after a Set-Cookie. */
function withCookie(cookies: string, line: string): string {
  const [pair = ''] = line.split(';');
  const name = pair.slice(0, pair.indexOf('=') + 1);
  const others = cookies.split('; ').filter((other) => other && !other.startsWith(name));
  return [...others, pair].join('; ');
}
