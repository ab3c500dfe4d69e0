import { formAccountOf } from './auth/form-account.js';
import { countItems } from './cart/cart.js';
import { APP_NAME } from './config/app-name.js';
import type { Config } from './config/config.js';
import type { BehindThisPage } from './demo/behind-this-page.js';
import { takeFlash } from './flash/flash.js';
import type { LayoutOf } from './http/pages.js';
import { isFolder } from './mail/mail.module.js';

/** What the layout shows on every page. Of a session that can't be looked up just now it shows nothing. */
export function layout({ environment, mail }: Config, behindThisPage?: BehindThisPage): LayoutOf {
  const demoAccounts = environment === 'development' ? DEMO_ACCOUNTS : undefined;
  return async (session, request) => ({
    appName: APP_NAME,
    // First: the panel shows what the store was asked for the page.
    flash: session && (await takeFlash(session)),
    demoAccounts,
    inbox: isFolder(mail),
    signedIn: session && session.owner !== null,
    formAccount: session && session.owner !== null && formAccountOf(session.owner),
    cartCount: session && countItems(session.data.cart),
    behindThisPage: behindThisPage?.of(session, request),
  });
}

const DEMO_ACCOUNTS = [
  { email: 'ada@example.com', password: 'a walk along the river' },
  { email: 'grace@example.com', password: 'a walk along the river' },
];
