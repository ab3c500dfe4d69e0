import { inFigures, PROGRAM, type Result, spread } from './result.js';

const [WIDTH, LABEL, VALUE, BAR, GAP, TITLE] = [860, 270, 90, 18, 8, 34];
const SCALE = WIDTH - LABEL - VALUE;

/** Results as bars, with a line from the lowest to the highest value of the rounds. */
export function chart(results: readonly Result[]): string {
  const parts: string[] = [];
  let y = 10;
  for (const { title, unit, rows } of results) {
    parts.push(text(10, y + 18, `${title}, ${unit}`, 'font-weight="600"'));
    y += TITLE;
    const most = Math.max(...rows.map((row) => spread(row).high));
    const at = (value: number): string => (LABEL + (SCALE * value) / most).toFixed(1);
    for (const row of rows) {
      const { low, mid, high } = spread(row);
      const middle = y + BAR / 2;
      const colour = row.who === PROGRAM ? '#2f7d4f' : '#9aa5a0';
      parts.push(
        text(LABEL - 10, y + 13, row.who, 'text-anchor="end"'),
        `<rect x="${LABEL}" y="${y}" width="${((SCALE * mid) / most).toFixed(1)}" height="${BAR}" fill="${colour}"/>`,
        `<path d="M${at(low)} ${middle}H${at(high)}" stroke="#1c2320" stroke-width="2"/>`,
        text(LABEL + SCALE + 10, y + 13, inFigures(mid)),
      );
      y += BAR + GAP;
    }
    y += GAP;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" font-family="system-ui, sans-serif" font-size="13" fill="#1c2320">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function text(x: number, y: number, words: string, attributes = ''): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" ${attributes}>${escaped}</text>`;
}
