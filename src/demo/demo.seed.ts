import type { Seed } from '../feature/feature.js';
import { emailField } from '../mail/email-field.js';
import { Passwords } from '../passwords/passwords.js';
import { hasPanel } from './demo.settings.js';

/** Whoever tries the demo logs in with these. Their password is public. */
export const DEMO_PASSWORD = 'a walk along the river';

export const DEMO_ACCOUNTS = [
  { email: 'ada@example.com', name: 'Ada Lovelace' },
  { email: 'grace@example.com', name: 'Grace Hopper' },
] as const;

const PRODUCTS = [
  ['tea', 'Sencha', 'Green tea from Shizuoka, steamed, fresh and a little sweet. 100 g.', 1450],
  ['cup', 'Tea cup', 'Stoneware without a handle: it tells you when the tea is cool enough.', 1800],
  ['pot', 'Tea pot', 'Cast iron, enamelled inside, with a steel sieve. Holds 0.7 litres.', 6400],
  ['kettle', 'Kettle', 'Stainless steel, with a spout that pours where you point it.', 5200],
  ['strainer', 'Strainer', 'Fine mesh that keeps the smallest leaf back.', 950],
  ['honey', 'Heather honey', 'From the moors, dark and strong. 250 g.', 1100],
  ['tin', 'Tea tin', 'Two lids keep light and air away from the leaves.', 1600],
  ['tray', 'Tray', 'Oiled oak, just large enough for a pot and two cups.', 3900],
] as const;

/** Two accounts, whose password is public, and what the shop sells. */
export const seedDemo: Seed = async (database, config) => {
  const passwordHash = await new Passwords(config).hash(DEMO_PASSWORD, { address: '127.0.0.1' });
  const users = DEMO_ACCOUNTS.map(({ email, name }) => ({
    email: emailField.parse(email),
    name,
    passwordHash,
  }));
  const products = PRODUCTS.map(([slug, name, description, priceMinor], position) => ({
    ...{ slug, name, description, priceMinor, currency: 'GBP', position },
  }));
  await database.user.createMany({ data: users, skipDuplicates: true });
  await database.product.createMany({ data: products, skipDuplicates: true });
  return {
    'Log in as': DEMO_ACCOUNTS[0].email,
    Password: DEMO_PASSWORD,
    ...(hasPanel(config) && { 'How it works': '/how-it-works' }),
  };
};
