import { existsSync, readFileSync } from 'fs';

/**
 * Says what a clone lacks before anything is built or run. It is JavaScript that old versions of Node.js understand, so
 * that they can say that they are too old.
 */

const root = new URL('../', import.meta.url);
const { engines } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

/** Of "^20.20.0 || ^24.0.0": [[20, 20, 0], [24, 0, 0]] */
const tested = engines.node.split('||').map((range) => numbersOf(range.trim().slice(1)));
const own = numbersOf(process.versions.node);

if (isOlder(own, tested[0])) {
  stop(
    `Node.js ${process.versions.node} is too old: this takes ${inWords(tested)}.`,
    'Get one from https://nodejs.org, or with a version manager, which finds it in .nvmrc: nvm install',
  );
}
if (!existsSync(new URL('node_modules/.bin/tsx', root))) {
  stop('The packages are not installed yet.', 'Install them: npm ci');
}
if (!tested.some((version) => version[0] === own[0] && !isOlder(own, version))) {
  process.stdout.write(
    `Node.js ${process.versions.node} is none that this was tested with: they are ${inWords(tested)}.\n`,
  );
}

function numbersOf(version) {
  return version.split('.').map(Number);
}

function isOlder(version, other) {
  const i = version.findIndex((number, at) => number !== other[at]);
  return i !== -1 && version[i] < other[i];
}

function inWords(versions) {
  return versions.map(([major, minor]) => `${major}.${minor} or newer ${major}`).join(', ');
}

function stop(problem, remedy) {
  process.stderr.write(`${problem}\n${remedy}\n`);
  process.exit(1);
}
