import {
  test as base,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Page,
} from '@playwright/test';

import type { BuiltApp } from '../dev/app.js';
import { ACCOUNTS, PASSWORD } from '../test/counter/accounts.js';
import { PAGE } from '../test/counter/pages.js';
import { COUNTER_APP } from '../test/counter/stack.js';
import { type Server, serverFixture, startServer } from './server.js';

export { expect };

/** What the login form takes. */
type Account = Readonly<Record<'email' | 'password', string>>;

const [ada, grace] = ACCOUNTS;
export const ADA: Account = { email: ada.email, password: PASSWORD };
export const GRACE: Account = { email: grace.email, password: PASSWORD };

/** The site as a visitor of it sees it. Whatever the visitor does is a step of the report, with a picture of its outcome. */
export class Visitor {
  constructor(readonly page: Page) {}

  async open(path = '/'): Promise<void> {
    await this.step(`Open ${path}`, async () => void (await this.page.goto(path)));
  }

  async follow(link: string | RegExp, { exact = false } = {}): Promise<void> {
    await this.step(`Follow the link ${link}`, async () =>
      this.page.getByRole('link', { name: link, exact }).click(),
    );
  }

  async press(button: string | RegExp, { exact = false } = {}): Promise<void> {
    await this.step(`Press the button ${button}`, async () =>
      this.page.getByRole('button', { name: button, exact }).click(),
    );
  }

  /** Fills in the login form of the page that is open. */
  async logIn({ email, password } = ADA): Promise<void> {
    await this.step(`Log in as ${email}`, async () => {
      await this.page.getByLabel('E-mail address').fill(email);
      await this.page.getByLabel('Password').fill(password);
      await this.page.getByRole('main').getByRole('button', { name: 'Log in' }).click();
    });
  }

  /** Gets a session of its own by the login's request alone, where a test is not about how. */
  async beLoggedIn(user = ADA): Promise<void> {
    const answer = await this.page.request.post('/login', { form: user, maxRedirects: 0 });
    expect(answer.status()).toBe(303);
  }

  /** Makes an account, and is signed in. */
  async signUp({ name, email, password }: Account & { name: string }): Promise<void> {
    await this.open('/signup');
    await this.sendLinkTo(email);
    await this.followLink(email, 'Make your account');
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByLabel('Password').fill(password);
    await this.press('Make the account');
  }

  /** Fills in the form of the page that is open, which asks for an address to send a link to. */
  async sendLinkTo(email: string): Promise<void> {
    await this.step(`Ask for a link to ${email}`, async () => {
      await this.page.getByLabel('E-mail address').fill(email);
      await this.page.getByRole('button', { name: 'Send the link' }).click();
    });
  }

  /** Opens the link in the newest mail to an address with this in its subject. */
  async followLink(email: string, subject: string): Promise<void> {
    await this.open(await this.linkTo(email, subject));
  }

  /** The path and the query of that link, which a mail on /inbox has. The test is skipped where there is no such page. */
  async linkTo(email: string, subject: string): Promise<string> {
    const mail = this.page
      .getByRole('listitem')
      .filter({ hasText: email })
      .filter({ hasText: subject });
    await this.step(`Wait for the mail “${subject}”`, async () =>
      expect(async () => {
        const answer = await this.page.goto('/inbox');
        test.skip(answer?.status() === 404, 'It reads mails on /inbox, which MAIL_URL=file:… has');
        expect(await mail.count()).toBeGreaterThan(0);
      }).toPass(),
    );
    const link = await mail.first().getByRole('link').first().getAttribute('href');
    const { pathname, search } = new URL(link ?? '');
    return pathname + search;
  }

  async logOut(): Promise<void> {
    await this.press('Log out');
    const navigation = this.page.getByRole('navigation', { name: 'Main' });
    await expect(navigation.getByRole('link', { name: 'Log in' })).toBeVisible();
  }

  /** Counts one more on the home page: as a guest, or logged in. */
  async countOneMore(): Promise<void> {
    await this.open();
    await this.press('Count one more');
  }

  /** What the counter is at, which is opened for it. */
  async counted(): Promise<number> {
    await this.open(PAGE);
    return Number.parseInt(await this.page.locator('[data-summary]').innerText(), 10);
  }

  /** The path that the address bar shows. */
  path(): string {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  /** The session id that the browser holds, if any. */
  async sessionId(): Promise<string | undefined> {
    const cookies = await this.page.context().cookies();
    return cookies.find(({ name }) => name === 'session_id')?.value;
  }

  /** Does something that the report shows by its title and a picture of the page afterwards. */
  async step(title: string, act: () => Promise<void>): Promise<void> {
    await base.step(
      title,
      async (step) => {
        await act();
        // Of a page that goes to another one by itself no picture can be taken: Chromium would never answer.
        await expect(this.page.locator('#main[aria-busy=true]')).toHaveCount(0);
        await this.page.waitForLoadState();
        // A page that is just being left can't be taken a picture of: the next one can.
        await expect(async () => {
          const body = await this.page.screenshot({ type: 'jpeg', quality: 40, caret: 'initial' });
          await step.attach(title, { body, contentType: 'image/jpeg' });
        }).toPass();
      },
      { box: true },
    );
  }
}

interface Chapter {
  summary: string;
  chapter: void;
}

const ofChapters = base.extend<Chapter>({
  summary: ['', { option: true }],
  chapter: [
    async ({ summary }, use, { annotations }) => {
      annotations.push({ type: 'In this chapter', description: summary });
      await use();
    },
    { auto: true },
  ],
});

/** Opens a chapter: what its reader learns stands above each of its tests in the report. */
export function chapter(summary: string): void {
  ofChapters.use({ summary });
}

interface Fixtures {
  visitor: Visitor;
  /** Opens the site in another browser: with cookies of its own. */
  anotherBrowser: (options?: BrowserContextOptions) => Promise<Visitor>;
}

/** Tests of an app, which is started on servers of its own. */
export const testOf = (app: BuiltApp) =>
  ofChapters.extend<Fixtures, { server: Server }>({
    server: serverFixture(async () => startServer(app)),
    baseURL: async ({ server }, use) => use(server.url),
    visitor: async ({ page }, use) => use(new Visitor(page)),
    anotherBrowser: async ({ browser, server }, use) => {
      const contexts: BrowserContext[] = [];
      await use(async (options = {}) => {
        const context = await browser.newContext({ baseURL: server.url, ...options });
        contexts.push(context);
        return new Visitor(await context.newPage());
      });
      for (const context of contexts) await context.close();
    },
  });

/** Tests of the app that has the counter as its one feature. */
export const test = testOf(COUNTER_APP);
