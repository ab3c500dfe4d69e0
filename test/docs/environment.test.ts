import { readFileSync } from 'node:fs';

const example = new Map(
  [...readFileSync('.env.example', 'utf8').matchAll(/^(?:# )?([A-Z][A-Z_]*)=(.*)$/gm)].map(
    ([, name = '', value = '']) => [name, value.replaceAll('"', '')],
  ),
);

/** The variables that a file takes, with their defaults; null for those that must be set. */
function variablesIn(file: string): Map<string, string | null> {
  const withoutComments = readFileSync(file, 'utf8').replaceAll(/^\s*#.*$/gm, '');
  const references = withoutComments.matchAll(/\$\{([A-Z_]+)(?::-([^}]*))?\}/g);
  return new Map([...references].map(([, name = '', fallback]) => [name, fallback ?? null]));
}

test('.env.example has each variable of the settings, with its default', () => {
  for (const [name, fallback] of variablesIn('config/server.yaml')) {
    expect([...example.keys()]).toContain(name);
    if (fallback !== null) expect(`${name}=${example.get(name)}`).toBe(`${name}=${fallback}`);
  }
});

test('.env.example has each variable of docker-compose.yml and of the scripts', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: Record<string, string>;
  };
  const inScripts = Object.values(scripts).flatMap(
    (script) => script.match(/\b[A-Z_]+(?==)/g) ?? [],
  );
  const names = [...variablesIn('docker-compose.yml').keys(), ...inScripts];
  expect(names.filter((name) => !example.has(name))).toEqual([]);
});

test('only what has no default is set in .env.example', () => {
  const set = readFileSync('.env.example', 'utf8').match(/^[A-Z_]+(?==)/gm);
  const needed = [...variablesIn('config/server.yaml')].filter(([, fallback]) => fallback === null);
  expect(set).toEqual(needed.map(([name]) => name));
});
