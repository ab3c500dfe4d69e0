import { readFileSync } from 'node:fs';

interface Package {
  readonly version?: string;
  readonly hasInstallScript?: boolean;
  readonly license?: string | object;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Package>;
};
const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  allowScripts: Record<string, boolean>;
};

const installed = Object.entries(packages)
  .filter(([path]) => path !== '')
  .map(([path, rest]) => ({ name: path.replace(/^.*node_modules\//, ''), ...rest }));

test('each package that would run a script when it is installed is named, and may or may not', () => {
  const withScripts = new Set(
    installed.filter((one) => one.hasInstallScript).map(({ name }) => name),
  );
  expect([...withScripts].filter((name) => !(name in allowScripts))).toEqual([]);
});

test('each package is known by the hash of its contents', () => {
  expect(installed.length).toBeGreaterThan(100);
  expect(installed.filter((one) => !one.integrity?.startsWith('sha512-'))).toEqual([]);
});

test('no licence asks for the source of what is built with it', () => {
  const licences = installed.map(({ name, license }) => `${name}: ${JSON.stringify(license)}`);
  expect(licences.filter((line) => /AGPL|SSPL|BUSL|Commons-Clause/i.test(line))).toEqual([]);
});
