import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { importsIn } from '../architecture/imports.js';
import { WORDS } from './words.js';

test('only the list of features imports the demo', () => {
  const arrows = importsIn('src').filter(
    ({ file, target }) => target.startsWith('src/demo/') && !file.startsWith('src/demo/'),
  );
  expect(arrows).toEqual([{ file: 'src/app.module.ts', target: 'src/demo/demo.module.js' }]);
});

test.each(['workers', 'session', 'http', 'feature', 'auth', 'account', 'health'])(
  'src/%s contains no word of the demo',
  (part) => {
    const folder = join('src', part);
    const lines = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => WORDS.test(line) || /how.it.works/i.test(line))).toEqual([]);
  },
);
