import { expect, type Page, type Request } from '@playwright/test';

import { openInPieces } from './in-pieces.js';

/** What a first visit may take, with all that belongs to the page. */
const MOST_BYTES = 60_000;

/** What a page does while it comes, as the browser sees it. */
interface Visit {
  readonly requests: readonly Request[];
  readonly bytes: number;
  readonly complaints: readonly string[];
  /** What has moved by itself, as the Layout Instability API tells: https://web.dev/articles/cls */
  readonly shifts: readonly string[];
}

/** Expects a page that is light, whole and calm on a first visit: it asks nobody else, complains of nothing, and nothing moves. */
export async function expectLight(page: Page, path: string): Promise<void> {
  const { requests, bytes, complaints, shifts } = await visit(page, path);
  const { origin } = new URL(page.url());
  expect(requests.map((request) => new URL(request.url()).origin)).toEqual(
    requests.map(() => origin),
  );
  expect(requests.filter((request) => request.resourceType() === 'font')).toEqual([]);
  expect(bytes).toBeLessThan(MOST_BYTES);
  expect(complaints).toEqual([]);
  expect(shifts).toEqual([]);
}

/** Expects that nothing moves on a page that comes in pieces. */
export async function expectStill(page: Page, url: URL): Promise<void> {
  await openInPieces(page, url);
  expect(await shiftsOn(page), url.pathname).toEqual([]);
}

/** Opens a page as the first of the site: nothing of it is kept. */
async function visit(page: Page, path: string): Promise<Visit> {
  const requests: Request[] = [];
  const complaints: string[] = [];
  const hear = (request: Request): void => void requests.push(request);
  page.on('request', hear);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isOfThisPage = message.text().includes('404') && path === '/nothing-here';
    if (['error', 'warning'].includes(message.type()) && !isOfThisPage) {
      complaints.push(message.text());
    }
  });
  const cache = await page.context().newCDPSession(page);
  await cache.send('Network.clearBrowserCache');
  await page.goto(path, { waitUntil: 'load' });
  page.off('request', hear);
  // One that the browser has given up has no size.
  const whole = requests.filter((request) => request.failure() === null);
  const sizes = await Promise.all(whole.map(async (request) => request.sizes()));
  const bytes = sizes.reduce(
    (sum, { responseBodySize, responseHeadersSize }) =>
      sum + responseBodySize + responseHeadersSize,
    0,
  );
  return { requests, bytes, complaints, shifts: await shiftsOn(page) };
}

async function shiftsOn(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`new Promise((resolve) => {
    const shifts = [];
    const rect = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(' ');
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries()) {
        if (hadRecentInput) continue;
        for (const { node, previousRect, currentRect } of sources) {
          const what = node?.outerHTML?.slice(0, 80) ?? node?.textContent;
          shifts.push(value + ': ' + what + ' from ' + rect(previousRect) + ' to ' + rect(currentRect));
        }
      }
    }).observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(shifts)));
  })`);
}
