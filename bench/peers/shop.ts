import { randomUUID } from 'node:crypto';

import { verify } from 'argon2';
import { Pool } from 'pg';

import { loginPage } from '../../src/auth/auth.forms.js';
import { addToCart, type Cart, countItems } from '../../src/demo/cart/cart.js';
import { cartPage } from '../../src/demo/cart/cart-page.js';
import { APP_NAME } from '../../src/config/app-name.js';
import { StaticFiles } from '../../src/http/static-files.js';
import { Views } from '../../src/http/views.js';

/**
 * The shop without its sessions: the same for all peers, and the program's own where the program has it. What differs
 * is only what keeps the user signed in.
 */

/** What a peer keeps for a user. */
export interface Kept {
  readonly owner: string;
  readonly cart: Cart;
}

export const EMPTY_CART: Cart = { id: null, lines: [] };

/** The idle clock of a session, in seconds. */
export const TTL_S = 86_400;

/** As many as the ground has. */
const USERS = 200;

export const SECRET = 'a secret of the bench that protects nothing at all';

/** What the layout shows on every page outside the demo. */
const LAYOUT = { appName: APP_NAME, flash: null, inbox: false };

const views = new Views('views', new StaticFiles('public', 'production'));
const database = new Pool({ connectionString: variable('DATABASE_URL'), max: 10 });
const userIds = new Map<string, string>();

/** The page of a cart, byte by byte as the program renders it. */
export function renderCart(cart: Cart): string {
  return views.render('cart', {
    ...{ ...LAYOUT, signedIn: true, cartCount: countItems(cart) },
    ...{ currentPath: '/cart', ...cartPage(cart) },
  });
}

/** The page that everybody may see. */
export function renderLogin(): string {
  return views.render('login', {
    ...{ ...LAYOUT, signedIn: false, cartCount: 0, currentPath: '/login' },
    ...loginPage({ values: {}, errors: {} }),
  });
}

/** The user's id when the password is right; checked as the program checks it, without looking for the user. */
export async function authenticate({ email = '', password = '' }: Form): Promise<string | null> {
  if (!(await verify(variable('PASSWORD_HASH'), password))) return null;
  const id = userIds.get(email) ?? randomUUID();
  userIds.set(email, id);
  return id;
}

/** The users of the bench in the tables of better-auth. */
export function usersOfBetterAuth(newId: () => string) {
  const now = { createdAt: new Date(), updatedAt: new Date() };
  const user = Array.from({ length: USERS }, (_, i) => ({
    ...{ id: newId(), name: `Shopper ${i}`, email: `shopper-${i}@example.com` },
    ...{ emailVerified: true, image: null, ...now },
  }));
  const account = user.map(({ id }) => ({
    ...{ id: newId(), userId: id, accountId: id, providerId: 'credential' },
    ...{ password: variable('PASSWORD_HASH'), ...now },
  }));
  return { user, account, session: [], verification: [] };
}

/** A cart with one more of a product, whose name and price are looked up as the program does. */
export async function withProduct(cart: Cart, { product: slug = '' }: Form): Promise<Cart> {
  const { rows } = await database.query<{ name: string; price_minor: number; currency: string }>({
    name: 'product',
    text: 'SELECT name, price_minor, currency FROM products WHERE slug = $1',
    values: [slug],
  });
  const [row] = rows;
  if (!row) throw new Error(`there is no product ${slug}`);
  const price = { minor: row.price_minor, currency: row.currency };
  return addToCart(cart, { product: slug, name: row.name, price, quantity: 1 });
}

export type Form = Readonly<Record<string, string>>;

export function redisUrl(): string {
  return variable('REDIS_URL');
}

/** Says where the peer listens, in the words of the program. */
export function announce(address: string | { readonly port: number } | null): void {
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  process.stdout.write(
    `${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${address.port}` })}\n`,
  );
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
