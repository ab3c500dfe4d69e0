const { stdout } = process;

/** The step under way, shown on a terminal until its outcome takes its place. */
let pending = '';

/** Writes a line. */
export function say(line: string): void {
  const redraw = stdout.isTTY && pending !== '';
  stdout.write(redraw ? `\r\u001B[K${line}\n${pending}` : `${line}\n`);
}

/** Takes a step, and shows what came of it and how long it took; resolves to what came of it, in words. */
export async function step(name: string, take: () => Promise<string>): Promise<string> {
  const label = `  ${name.padEnd(12)}`;
  const started = performance.now();
  pending = `${label}…`;
  if (stdout.isTTY) stdout.write(pending);
  try {
    const outcome = await take();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (stdout.isTTY) stdout.write('\r\u001B[K');
    stdout.write(`${label}${outcome} (${seconds} s)\n`);
    return outcome;
  } catch (error) {
    stdout.write(stdout.isTTY ? '\n' : `${pending}\n`);
    throw error;
  } finally {
    pending = '';
  }
}

/** Writes lines in a frame. */
export function frame(lines: readonly string[]): void {
  const width = Math.max(...lines.map((line) => line.length));
  const edge = '─'.repeat(width + 2);
  const body = lines.map((line) => `│ ${line.padEnd(width)} │`);
  say(['', `╭${edge}╮`, ...body, `╰${edge}╯`, ''].join('\n'));
}
