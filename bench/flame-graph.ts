import type { Frame } from './cpu-profile.js';

const [WIDTH, ROW, CHARACTER] = [1_200, 17, 6.2];

/** Calls that took less are left out, as part of the whole: they would be narrower than a pixel. */
const LEAST = 1 / WIDTH;

/**
 * A flame graph (https://www.brendangregg.com/flamegraphs.html), drawn downwards: below each call what it has called, as
 * wide as it took time. What is this program's own is green.
 */
export function flameGraph(root: Frame): string {
  const boxes: string[] = [];
  let depths = 0;
  const draw = (frame: Frame, left: number, depth: number): void => {
    const width = (frame.total / root.total) * WIDTH;
    depths = Math.max(depths, depth + 1);
    boxes.push(box(frame, { left, top: depth * ROW, width }, frame.total / root.total));
    let at = left;
    for (const call of [...frame.calls.values()].toSorted((a, b) => b.total - a.total)) {
      if (call.total / root.total < LEAST) break;
      draw(call, at, depth + 1);
      at += (call.total / root.total) * WIDTH;
    }
  };
  draw(root, 0, 0);
  const height = depths * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="ui-monospace, monospace" font-size="10">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...boxes,
    '</svg>\n',
  ].join('\n');
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

function box({ name, owner }: Frame, { left, top, width }: Place, part: number): string {
  const words = escaped(owner ? `${name} ${owner}` : name);
  const fits = Math.floor((width - 4) / CHARACTER);
  const label = fits < 3 ? '' : escaped(name.slice(0, fits));
  return (
    `<g><title>${words}, ${(100 * part).toFixed(1)} %</title>` +
    `<rect x="${left.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colourOf(owner)}"/>` +
    (label && `<text x="${(left + 2).toFixed(1)}" y="${top + 12}">${label}</text>`) +
    `</g>`
  );
}

function colourOf(owner: string): string {
  if (owner.startsWith('src/') || owner === 'templates') return '#9fd3ae';
  return owner === 'Node.js' || owner === '' ? '#d9dedb' : '#f3cf9f';
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
