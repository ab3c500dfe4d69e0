import { createInterface } from 'node:readline';

import { end, spawnGuarded } from '../../dev/guarded-process.js';

test('the start says how to log in, and where the walk-through is', async () => {
  const child = spawnGuarded(process.execPath, ['--import', 'tsx', 'dev/start.ts'], {
    env: { PATH: process.env['PATH'], PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.ref();
  let frame = '';
  for await (const line of createInterface(child.stdout!)) {
    frame += `${line}\n`;
    if (line.includes('╯')) break;
  }
  const [, url = ''] = /Ready: (\S+)/.exec(frame) ?? [];
  expect(frame).toMatch(/│ Log in as +ada@example\.com +│\n│ Password +a walk along the river +│/);
  expect(frame).toMatch(new RegExp(`│ How it works +${url}/how-it-works +│`));
  expect((await fetch(`${url}/how-it-works`)).status).toBe(200);
  await end(child, 'SIGINT', 30_000);
  expect(child.exitCode).toBe(0);
});
