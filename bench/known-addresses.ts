import { startSmtp } from '../dev/smtp.js';
import { SettingsFile } from '../dev/settings-file.js';
import { startStack } from '../dev/stack.js';
import { say, step } from '../dev/terminal.js';
import { Browser } from '../test/app/browser.js';

/**
 * `npm run bench -- known-addresses`: whether time tells if an address has an account. Sign-up, reset and login are asked for
 * known and unknown addresses in turn.
 */

const TIMES = 200;
const KINDS = ['known', 'unknown'] as const;
const KNOWN = 'ada@example.com';

const smtp = await startSmtp();
const stack = await startStack({ MAIL_URL: smtp.url }, { settings: new SettingsFile() });
const password = 'not the password of anybody';

const forms = {
  login: (email: string) => ({ path: '/login', form: { email, password } }),
  'sign-up': (email: string) => ({ path: '/signup', form: { email } }),
  reset: (email: string) => ({ path: '/forgotten', form: { email } }),
};

const rows: string[] = [];
for (const [name, formFor] of Object.entries(forms)) {
  const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
  await step(name, async (show) => {
    // The first few warm up.
    for (let i = -20; i < TIMES; i++) {
      for (const kind of i % 2 === 0 ? KINDS : KINDS.toReversed()) {
        const { path, form } = formFor(kind === 'known' ? KNOWN : `nobody-${i}@example.com`);
        const started = performance.now();
        await new Browser(stack.url).post(path, form);
        if (i >= 0) times[kind].push(performance.now() - started);
      }
      show(`${Math.max(0, i + 1)} of ${TIMES}`);
    }
    return 'done';
  });
  const [known, unknown] = [median(times.known), median(times.unknown)];
  rows.push(
    name.padEnd(10) +
      known.toFixed(2).padStart(8) +
      unknown.toFixed(2).padStart(10) +
      (known / unknown).toFixed(3).padStart(8),
  );
}
say(`\nmedians of ${TIMES} each, in milliseconds\n`);
say(`${''.padEnd(10)}${'known'.padStart(8)}${'unknown'.padStart(10)}${'ratio'.padStart(8)}`);
for (const row of rows) say(row);
await stack.stop();
await smtp.stop();

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
