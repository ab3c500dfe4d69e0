import { Feature, type Seed } from '../../src/feature/feature.js';
import { Passwords } from '../../src/passwords/passwords.js';
import { ACCOUNTS, PASSWORD } from './accounts.js';
import { CounterController } from './counter.controller.js';
import { CounterLayout } from './counter.layout.js';
import { countInSession } from './counter.session.js';

const seed: Seed = async (database, config) => {
  const passwordHash = await new Passwords(config).hash(PASSWORD, { address: '127.0.0.1' });
  const data = ACCOUNTS.map((account) => ({ ...account, passwordHash }));
  await database.user.createMany({ data, skipDuplicates: true });
  return {};
};

/** The feature of the app that the tests start: a number in the session, and two accounts. */
@Feature({
  name: 'counter',
  controllers: [CounterController],
  views: 'test/counter/views',
  session: countInSession,
  layout: CounterLayout,
  navigation: [
    {
      label: 'Counter',
      href: '/counter',
      badge: { count: ({ count }) => count, unit: ['thing', 'things'] },
    },
    { label: 'Members', href: '/account/sessions', for: 'users' },
    { label: 'Newcomers', href: '/counter', for: 'guests' },
  ],
  seed,
})
export class CounterModule {}
