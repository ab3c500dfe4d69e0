import type { Page, Request } from '@playwright/test';

import { openInPieces } from './in-pieces.js';
import { chapter, expect, type Visitor, test } from './visitor.js';

chapter(
  'What a page asks of the browser: little, of nobody else, and nothing that moves while it comes. A ' +
    'first visit is under 60 kB with all that belongs to it.',
);

const MOST_BYTES = 60_000;

const FOR_ALL = ['/', '/login', '/signup', '/forgotten', '/inbox', '/nothing-here'];
const FOR_USERS = ['/cart', '/account', '/account/sessions', '/account/password'];

/** What a page does while it comes, as the browser sees it. */
interface Visit {
  readonly requests: readonly Request[];
  readonly bytes: number;
  readonly complaints: readonly string[];
  /** What has moved by itself, as the Layout Instability API tells: https://web.dev/articles/cls */
  readonly shifts: readonly string[];
}

for (const path of FOR_ALL) {
  test(`a first visit to ${path} is light, whole and calm`, async ({ visitor, baseURL }) => {
    expectLight(await visit(visitor.page, path), baseURL);
  });
}

test('so are the pages of a user', async ({ visitor, baseURL }) => {
  await visitor.beLoggedIn();
  for (const path of FOR_USERS) expectLight(await visit(visitor.page, path), baseURL);
});

test('nothing moves on a page that comes in pieces', async ({ page, baseURL }) => {
  for (const path of [...FOR_ALL, '/products/tea', '/how-it-works']) {
    await openInPieces(page, new URL(path, baseURL));
    expect(await shiftsOn(page), path).toEqual([]);
  }
});

test('each page says what it is: a language, a title of its own, one heading, a description', async ({
  visitor,
  page,
}) => {
  await visitor.beLoggedIn();
  const titles = new Set<string>();
  const paths = ['/', ...FOR_USERS, '/nothing-here'];
  for (const path of paths) {
    await visitor.open(path);
    titles.add(await page.title());
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page.locator('meta[name=description]')).toHaveAttribute('content', /\w/);
    await expectOrderedHeadings(visitor);
  }
  expect(titles.size).toBe(paths.length);
});

function expectLight({ requests, bytes, complaints, shifts }: Visit, baseURL = ''): void {
  expect(requests.map((request) => new URL(request.url()).origin)).toEqual(
    requests.map(() => new URL(baseURL).origin),
  );
  expect(requests.filter((request) => request.resourceType() === 'font')).toEqual([]);
  expect(bytes).toBeLessThan(MOST_BYTES);
  expect(complaints).toEqual([]);
  expect(shifts).toEqual([]);
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

async function expectOrderedHeadings({ page }: Visitor): Promise<void> {
  const levels = await page
    .locator('h1, h2, h3, h4')
    .evaluateAll((headings) => headings.map((heading) => Number(heading.nodeName.slice(1))));
  expect(levels[0]).toBe(1);
  levels.reduce((before, level) => {
    expect(level).toBeLessThanOrEqual(before + 1);
    return level;
  }, 1);
}
