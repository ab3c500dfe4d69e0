import { run } from '../../dev/run.js';

/** Two steps, the second of which fails, and a frame. */
const PROGRAM = `
import { frame, say, step } from './dev/terminal.ts';
import { setTimeout as pause } from 'node:timers/promises';
await step('First', async (show) => {
  show('half of it');
  await pause(200);
  say('by the way');
  await pause(200);
  return 'done';
});
await step('Second', async () => { throw new Error() }).catch(() => undefined);
frame(['The title', 'and a line of 40 characters, give or take']);
`;

const NODE = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval'];

/** What it writes into a pipe. */
async function intoPipe(env: Record<string, string> = {}): Promise<string> {
  return (await run([...NODE, PROGRAM], { env: { ...clean(), ...env } })).output;
}

/** What it writes to a terminal of so many columns, with ESC in words. */
async function onTerminal(env: Record<string, string> = {}, columns = 80): Promise<string> {
  const command = [...NODE, PROGRAM].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const inTerminal = `stty cols ${columns} && ${command}`;
  const script =
    process.platform === 'darwin'
      ? ['script', '-q', '/dev/null', 'sh', '-c', inTerminal]
      : ['script', '-qec', inTerminal, '/dev/null'];
  const { output } = await run(script, { env: { ...clean(), TERM: 'xterm-256color', ...env } });
  return output.replaceAll('\r\n', '\n').replaceAll('\u001B', 'ESC');
}

/** The variables of this process, but those that say what a terminal can. */
function clean(): NodeJS.ProcessEnv {
  const {
    NO_COLOR: _no,
    FORCE_COLOR: _force,
    NODE_OPTIONS: _options,
    CI: _ci,
    ...env
  } = process.env;
  return env;
}

/** A colour, or another style. */
const STYLE = /ESC\[\d+m/;

const withoutTimes = (output: string) => output.replaceAll(/\d+\.\d s/g, '0.0 s');

const PLAIN = `by the way
  ✓ First       done (0.0 s)
  ✗ Second      (0.0 s)

╭───────────────────────────────────────────╮
│ The title                                 │
│ and a line of 40 characters, give or take │
╰───────────────────────────────────────────╯`;

test('a pipe gets each line once, and nothing else', async () => {
  expect(withoutTimes(await intoPipe())).toBe(PLAIN);
});

test('a dumb terminal, too', async () => {
  expect(withoutTimes(await onTerminal({ TERM: 'dumb' })).trim()).toBe(PLAIN);
});

test('a terminal shows what is under way and how far it is, and its outcome in its place', async () => {
  const output = withoutTimes(await onTerminal({ NO_COLOR: '1' }));
  const drawn = /\rESC\[K {2}[⠀-⣿] First {7}half of it \(0\.0 s\)/;
  expect(output).toMatch(drawn);
  expect(output).toMatch(/\rESC\[Kby the way\n {2}[⠀-⣿] First/);
  const lines = output.split('\n').map((line) => line.slice(line.lastIndexOf('\r') + 1));
  expect(lines.join('\n').replaceAll('ESC[K', '').trim()).toBe(PLAIN);
});

test('there are colours on a terminal, unless NO_COLOR is set', async () => {
  expect(await onTerminal()).toMatch(STYLE);
  expect(await onTerminal({ NO_COLOR: '1' })).not.toMatch(STYLE);
});

test('a terminal that is too narrow for it gets no frame, and no line that is drawn anew breaks', async () => {
  const output = await onTerminal({ NO_COLOR: '1' }, 30);
  expect(output).toMatch(/\nThe title\nand a line of 40 characters, give or take$/);
  expect(output).not.toContain('╭');
  const drawn = output.split('\rESC[K').filter((part) => /^ {2}[⠀-⣿]/.test(part));
  expect(drawn.length).toBeGreaterThan(2);
  for (const line of drawn) expect(line.length).toBeLessThan(30);
});
