import { fileURLToPath } from 'node:url';

import {
  test as base,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Page,
} from '@playwright/test';

import { linkIn, Mailbox } from '../dev/mailbox.js';

export { expect };

export const ADA = { email: 'ada@example.com', password: 'tea for two at noon' };

/** The shop as a visitor of it sees it. */
export class Shop {
  /** Where all mails of the program go. */
  readonly mailbox = new Mailbox(fileURLToPath(process.env['MAIL_URL'] ?? ''));

  constructor(readonly page: Page) {}

  async open(path = '/'): Promise<void> {
    await this.page.goto(path);
  }

  /** Fills in the login form of the page that is open. */
  async logIn({ email, password } = ADA): Promise<void> {
    await this.page.getByLabel('E-mail address').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('main').getByRole('button', { name: 'Log in' }).click();
  }

  /** Makes an account, and is signed in. */
  async signUp({ name, email, password }: typeof ADA & { name: string }): Promise<void> {
    await this.open('/signup');
    await this.sendLinkTo(email);
    await this.followLink(email, 'Make your account');
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Make the account' }).click();
  }

  /** Fills in the form of the page that is open, which asks for an address to send a link to. */
  async sendLinkTo(email: string): Promise<void> {
    await this.page.getByLabel('E-mail address').fill(email);
    await this.page.getByRole('button', { name: 'Send the link' }).click();
  }

  /** Opens the link in the newest mail to an address with this in its subject. */
  async followLink(email: string, subject: string): Promise<void> {
    await this.open(linkIn(await this.mailbox.mailTo(email, subject)));
  }

  async logOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Log out' }).click();
    await expect(this.page.getByRole('link', { name: 'Log in' })).toBeVisible();
  }

  // demo:begin
  async addToCart(product: string): Promise<void> {
    await this.open();
    const card = this.page.getByRole('listitem').filter({ hasText: product });
    await card.getByRole('button', { name: /Add/ }).click();
  }

  /** How many of a product are in the cart, which is opened for it. */
  async countInCart(product: string): Promise<string> {
    await this.open('/cart');
    const line = this.page.getByRole('listitem').filter({ hasText: product });
    return line.getByLabel(/Quantity/).inputValue();
  }
  // demo:end

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
}

/** Opens the shop in another browser: with cookies of its own. */
export async function anotherBrowser(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ shop: Shop; context: BrowserContext }> {
  const context = await browser.newContext({ baseURL: baseUrl(), ...options });
  return { shop: new Shop(await context.newPage()), context };
}

export const test = base.extend<{ shop: Shop }>({
  // The global setup has chosen the address after the configuration was read.
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the parameter's pattern
  baseURL: async ({}, use) => use(baseUrl()),
  shop: async ({ page }, use) => use(new Shop(page)),
});

function baseUrl(): string {
  return process.env['BASE_URL'] ?? '';
}
