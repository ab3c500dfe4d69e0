import { styleText } from 'node:util';

const { stdout } = process;

/** Whether a line can be drawn anew. A pipe, a file and a dumb terminal get each line once. */
const redraws = stdout.isTTY && process.env['TERM'] !== 'dumb';

/** Whether there are colours: Node.js knows what terminals can, and minds NO_COLOR. */
const colours = redraws && stdout.hasColors();

type Style = Parameters<typeof styleText>[0];

const CLEAR = '\r\u001B[K';
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const DRAW_EVERY_MS = 80;

/** The step under way, drawn until its outcome takes its place. */
let pending: (() => string) | null = null;
process.once('exit', () => pending && stdout.write(CLEAR));

/** Writes a line, above the step under way. */
export function say(line: string): void {
  if (redraws && pending) stdout.write(`${CLEAR}${line}\n${pending()}`);
  else stdout.write(`${line}\n`);
}

/**
 * Takes a step, and shows what came of it and how long it took; resolves to what came of it, in words. Meanwhile `take`
 * may show how far it is: on a terminal, since a log needs no more than the outcome.
 */
export async function step(
  name: string,
  take: (show: (howFar: string) => void) => Promise<string>,
): Promise<string> {
  const started = performance.now();
  const label = name.padEnd(12);
  const seconds = (): string => `(${((performance.now() - started) / 1_000).toFixed(1)} s)`;
  let shown = '…';
  const stop = draw((spinner) => `  ${spinner} ${label}${shown} ${seconds()}`);
  try {
    const outcome = await take((howFar) => (shown = howFar));
    stop();
    say(`  ${paint('green', '✓')} ${label}${outcome} ${paint('dim', seconds())}`);
    return outcome;
  } catch (error) {
    stop();
    say(`  ${paint('red', '✗')} ${label}${paint('dim', seconds())}`);
    throw error;
  }
}

/** Writes lines in a frame, the first as their title; without the frame where they would not fit into it. */
export function frame([title = '', ...lines]: readonly string[]): void {
  const width = Math.max(...[title, ...lines].map((line) => line.length));
  const [first, ...rest] = [title, ...lines].map((line) => line.padEnd(width));
  const framed = [paint('bold', first ?? ''), ...rest];
  if (redraws && width + 4 > stdout.columns) {
    say(['', ...framed.map((line) => line.trimEnd()), ''].join('\n'));
    return;
  }
  const edge = paint('dim', '│');
  const [top, bottom] = ['╭╮', '╰╯'].map(([left, right]) =>
    paint('dim', `${left}${'─'.repeat(width + 2)}${right}`),
  );
  say(['', top, ...framed.map((line) => `${edge} ${line} ${edge}`), bottom, ''].join('\n'));
}

/** Draws a line again and again, no wider than the terminal; returns a function that ends it and takes it away. */
function draw(line: (spinner: string) => string): () => void {
  if (!redraws) return () => undefined;
  let drawn = 0;
  pending = () => line(SPINNER[drawn % SPINNER.length] ?? '').slice(0, stdout.columns - 1);
  const redraw = (): void => {
    drawn++;
    stdout.write(`${CLEAR}${pending?.()}`);
  };
  redraw();
  const timer = setInterval(redraw, DRAW_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    pending = null;
    stdout.write(CLEAR);
  };
}

function paint(style: Style, text: string): string {
  return colours ? styleText(style, text) : text;
}
