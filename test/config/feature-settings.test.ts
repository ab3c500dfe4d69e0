import { appendFileSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { tempFolder } from '../../dev/guard.js';
import { SettingsFile } from '../../dev/settings-file.js';

const VARIABLES = { DATABASE_URL: 'postgresql://localhost/app' };

type LoadConfig = typeof import('../../src/config/load-config.js').loadConfig;

const SETTINGS = `import { z } from 'zod';
  import { integer } from '../config/settings.js';
  export const settings = z.strictObject({ max_notes: integer(1, 100) });`;

/** A built app with these settings of a feature, besides those that it has itself. */
async function appWith(
  name: string,
  settings: string,
): Promise<{ loadConfig: LoadConfig; file: string }> {
  const app = tempFolder('app');
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }');
  symlinkSync(resolve('node_modules'), join(app, 'node_modules'));
  cpSync('dist/src', join(app, 'src'), { recursive: true });
  mkdirSync(join(app, 'src', name), { recursive: true });
  const file = join(app, 'src', name, `${name}.settings.js`);
  writeFileSync(file, settings);
  const { loadConfig } = (await import(join(app, 'src/config/load-config.js'))) as {
    loadConfig: LoadConfig;
  };
  return { loadConfig, file };
}

let loadConfig: LoadConfig;
beforeAll(async () => {
  ({ loadConfig } = await appWith('notes', SETTINGS));
});

/** The settings' file of the app, with a section more. */
function fileWith(section: string): string {
  const { path } = new SettingsFile();
  appendFileSync(path, `\n${section}\n`);
  return path;
}

test('a feature has its settings under its name', async () => {
  const config = await loadConfig(fileWith('notes: { max_notes: 7 }'), VARIABLES);
  expect(config).toMatchObject({ notes: { max_notes: 7 } });
});

test.each([
  ['notes: { max_notes: many }', 'notes.max_notes: holds "many"; takes a whole number from 1 to'],
  ['notes: {}', 'notes.max_notes: is missing; takes a whole number from 1 to 100'],
  ['notes: { max_notes: 7, colour: red }', 'notes.colour: no such setting'],
  ['', 'notes: is missing; takes '],
  ['notes: { max_notes: 7 }\nmemos: {}', 'memos: no such setting'],
])('%j is refused, and the mistake is named with its key', async (section, mistake) => {
  await expect(loadConfig(fileWith(section), VARIABLES)).rejects.toThrow(`\n  - ${mistake}`);
});

test('mistakes of features are listed with those of the app', async () => {
  const file = fileWith('notes: { max_notes: many }');
  const loading = loadConfig(file, { ...VARIABLES, PORT: '70000' });
  await expect(loading).rejects.toThrow(/server\.port: holds "70000".*\n.*notes\.max_notes: holds/);
});

test.each([
  [
    'exports no schema',
    'notes',
    'export const setting = 1;',
    /src\/notes\/notes\.settings exports no schema/,
  ],
  [
    'can’t be loaded',
    'notes',
    'throw new Error("no luck");',
    /src\/notes\/notes\.settings can't be .*no luck/,
  ],
  ['takes a section of the app', 'log', SETTINGS, /the section log is the app's/],
])('a file of settings that %s is named', async (_, name, settings, message) => {
  const app = await appWith(name, settings);
  await expect(app.loadConfig(fileWith(''), VARIABLES)).rejects.toThrow(message);
});

test('settings are read again while the files of the app are replaced', async () => {
  const app = await appWith('notes', SETTINGS);
  const file = fileWith('notes: { max_notes: 7 }');
  await app.loadConfig(file, VARIABLES);
  rmSync(app.file);
  await expect(app.loadConfig(file, VARIABLES)).resolves.toMatchObject({ notes: { max_notes: 7 } });
});

test.each([
  ['max_notes: [hunter2]', 'notes.max_notes: holds a list'],
  ['max_notes: { password: hunter2 }', 'notes.max_notes: holds a section'],
])('what %j holds is not shown', async (setting, shown) => {
  const loading = loadConfig(fileWith(`notes: { ${setting} }`), VARIABLES);
  await expect(loading).rejects.toThrow(shown);
  await expect(loading).rejects.not.toThrow('hunter2');
});
