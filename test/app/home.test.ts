import { DEFAULT_APP_NAME } from '../../src/config/app-name.js';
import { ADD } from '../counter/pages.js';
import { type RedisStack, startStack } from '../counter/stack.js';
import { Browser } from './browser.js';

let stack: RedisStack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => stack.stop());

const newBrowser = () => new Browser(stack.url);
const home = async (browser: Browser) => (await browser.get('/')).text();

test('a visitor is welcomed to the app, and shown where to log in and to sign up', async () => {
  const page = await home(newBrowser());
  expect(page).toContain(`<h1>Welcome to ${DEFAULT_APP_NAME}</h1>`);
  expect(page).toMatch(/href="\/login">Log in<[^]*href="\/signup">Make an account</);
});

test('who is logged in is greeted by the newest name, which is text, whatever it looks like', async () => {
  const [here, phone] = [newBrowser(), newBrowser()];
  for (const browser of [here, phone]) await browser.logIn('grace@example.com');
  await here.post('/account/name', { name: '  Joan Murray ' });
  expect(await home(phone)).toContain('<h1>Welcome back, Joan Murray</h1>');
  await here.post('/account/name', { name: `<img src=x onerror=1>{{7*7}}"'><b>` });
  expect(await home(phone)).not.toMatch(/<img src=x|<b>/);
  expect(await home(phone)).toContain('{{7*7}}');
});

describe('the navigation', () => {
  /** The links of features, as they are read. */
  const linksOf = (page: string) => {
    const [nav = ''] = /<nav[^]*?<\/nav>/.exec(page) ?? [];
    const links = [...nav.matchAll(/<a href="([^"]*)"[^>]*>([^]*?)<\/a>/g)].map(
      ([, href, label = '']) => `${label.replaceAll(/<[^>]*>/g, '')} -> ${href}`,
    );
    return links.filter((link) => /^(Counter|Members|Newcomers)/.test(link));
  };

  test('has entries of features for everybody, for guests and for users', async () => {
    const browser = newBrowser();
    expect(linksOf(await home(browser))).toEqual(['Counter -> /counter', 'Newcomers -> /counter']);
    await browser.logIn();
    expect(linksOf(await home(browser))).toEqual([
      'Counter -> /counter',
      'Members -> /account/sessions',
    ]);
  });

  test('has a number beside an entry when there is something to count', async () => {
    const guest = newBrowser();
    await guest.post(...ADD);
    const page = await home(guest);
    expect(page).toContain('<span class="badge" aria-hidden="true">1</span>');
    expect(page).toContain('<span class="unseen">, 1 thing</span>');
    await guest.post(...ADD);
    expect(await home(guest)).toContain('<span class="unseen">, 2 things</span>');
  });

  test('has what is for everybody alone while nobody can tell who asks', async () => {
    const browser = newBrowser();
    await browser.logIn();
    await stack.redis.freeze();
    const page = await home(browser);
    stack.redis.thaw();
    expect(linksOf(page)).toEqual(['Counter -> /counter']);
  });
});

test('templates have the data of a feature’s layout under its name', async () => {
  const browser = newBrowser();
  expect(await home(browser)).toContain('It counts for guests, too.');
  await browser.post(...ADD);
  expect(await home(browser)).toContain('It counts on.');
});

test('a feature whose layout fails ends no worker: the page is an error, and is logged', async () => {
  const page = await newBrowser().get('/?broken-layout');
  expect(page.status).toBe(500);
  expect(await page.text()).toBe('That went wrong');
  for (let i = 0; i < 4; i++) expect((await newBrowser().get('/')).status).toBe(200);
  expect(stack.app.output()).toContain('the layout of the counter is broken');
  expect(stack.app.output()).not.toMatch(/worker (killed|ended)/);
});
