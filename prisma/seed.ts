import { PrismaPg } from '@prisma/adapter-pg';

import { Passwords } from '../src/passwords/passwords.js';
import { loadConfig } from '../src/config/load-config.js';
import { PrismaClient } from '../src/database/generated/client.js';
import { emailField } from '../src/mail/email-field.js';
import { isProgram } from './is-program.js';

const PASSWORD = 'a walk along the river';
const USERS = [
  { email: 'ada@example.com', name: 'Ada Lovelace' },
  { email: 'grace@example.com', name: 'Grace Hopper' },
];
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

/**
 * Fills a database with data to try; what is there already stays as it is. Its passwords are public,
 * so it refuses to run in production.
 */
export async function seed(variables: NodeJS.ProcessEnv): Promise<void> {
  const config = loadConfig('config/server.yaml', variables);
  if (config.environment === 'production') {
    throw new Error(
      'the seed makes accounts with public passwords: not in production (see NODE_ENV)',
    );
  }
  const database = new PrismaClient({
    adapter: new PrismaPg({ connectionString: config.database.url }),
  });
  try {
    const passwordHash = await new Passwords(config).hash(PASSWORD, { address: '127.0.0.1' });
    await database.user.createMany({
      data: USERS.map(({ email, name }) => ({
        email: emailField.parse(email),
        name,
        passwordHash,
      })),
      skipDuplicates: true,
    });
    await database.product.createMany({
      data: PRODUCTS.map(([slug, name, description, priceMinor], position) => ({
        ...{ slug, name, description, priceMinor, currency: 'GBP', position },
      })),
      skipDuplicates: true,
    });
  } finally {
    await database.$disconnect();
  }
}

async function main(): Promise<void> {
  await seed(process.env);
  process.stdout.write(`${USERS.length} users, ${PRODUCTS.length} products\n`);
}

if (isProgram(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`seed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
