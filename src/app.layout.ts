import { countItems } from './cart/cart.js';
import type { Config } from './config/config.js';
import type { LayoutOf } from './http/pages.js';

/** What the layout shows on every page. Of a session that can't be looked up just now it shows nothing. */
export function layout({ environment }: Config): LayoutOf {
  const demoAccounts = environment === 'demo' ? DEMO_ACCOUNTS : undefined;
  return (session) => ({
    demoAccounts,
    signedIn: session && session.owner !== null,
    userName: session?.data.userName,
    cartCount: session && countItems(session.data.cart),
  });
}

const DEMO_ACCOUNTS = [
  { email: 'ada@example.com', password: 'tea for two at noon' },
  { email: 'grace@example.com', password: 'tea for two at noon' },
];
