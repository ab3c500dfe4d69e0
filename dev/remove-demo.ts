import { readFileSync, rmSync, writeFileSync } from 'node:fs';

import { run } from './run.js';

/**
 * `npm run remove-demo`: takes out the shop with its orders, and the panel behind its pages; login, sessions and the account
 * stay, with their tests. In the place of the cart it leaves a counter, to put your own in. The shop's tables go out
 * of the migrations, too: run it before anything is deployed.
 *
 * What goes as a whole is listed here; what changes is in remove-demo.diff. A file that you have changed where it does
 * keeps all of it from being done, and is named.
 *
 * When the diff no longer applies to this repository, or the test finds words of the demo, renew it in a clone of its own:
 *
 *     git apply --reject dev/remove-demo.diff     # then mend what it says, and the rest
 *     git add --intent-to-add .
 *     git diff -U1 --no-renames --diff-filter=AM > ../remove-demo.diff
 */

const CHANGES = 'dev/remove-demo.diff';

const GONE = [
  ...['src/cart', 'src/catalog', 'src/demo', 'src/money', 'src/orders'],
  ...['cart', 'how-it-works', 'order', 'orders', 'product', 'shop', 'source'].map(view),
  ...['behind-this-page', 'product', 'quantity', 'step'].map((name) => view(`partials/${name}`)),
  ...['public/demo.css', 'public/pictures', 'public/products'],
  'prisma/migrations/20261124213430_orders',
  'bench',
  ...['images', 'make-it-yours.md', 'orders.md', 'performance.md'].map((name) => `docs/${name}`),
  ...['demo', 'how-it-works', 'ordered-once', 'orders', 'products'].map(
    (name) => `test/app/${name}.test.ts`,
  ),
  'test/app/orders-in-postgres.ts',
  ...['make-it-yours', 'performance'].map((name) => `test/docs/${name}.test.ts`),
  ...['04-the-cart', '05-the-order', '11-behind-the-page', 'pictures'].map(
    (name) => `e2e/${name}.spec.ts`,
  ),
  'e2e/animation.ts',
  ...['dev/remove-demo.ts', CHANGES, 'test/dev/remove-demo.test.ts'],
];

/** The shop's own name, and the words of it. After `npm run rename` they are gone already. */
const NAMES = [
  ['src/config/app-name.ts', 'Leaf & Kettle', 'Nest Session Starter'],
  ['config/server.yaml', 'Leaf & Kettle', 'Nest Session Starter'],
  ['config/server.yaml', 'leaf, kettle, ', ''],
  ['.env.example', 'Leaf & Kettle', 'Nest Session Starter'],
] as const;

await removeDemo().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function removeDemo(): Promise<void> {
  // It checks all of it before it changes anything.
  await inOrder(['git', 'apply', CHANGES]);
  for (const path of GONE) rmSync(path, { recursive: true });
  for (const [file, words, others] of NAMES) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(words, others));
  }
  await inOrder(['node_modules/.bin/prisma', 'generate']);
  process.stdout.write(
    'The demo is out. `git diff` shows what has changed.\n' +
      'Begin with src/home, src/counter and their templates in views/.\n',
  );
}

/** @throws Error with what the command says */
async function inOrder(command: readonly string[]): Promise<void> {
  const { ok, output } = await run(command);
  if (!ok) throw new Error(`Nothing has been changed: ${command.join(' ')} says\n${output}`);
}

function view(name: string): string {
  return `views/${name}.hbs`;
}
