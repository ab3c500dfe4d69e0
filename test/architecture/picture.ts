import type { Group } from './groups.js';
import { type Parts, reach } from './imports.js';

/** The parts and who uses whom, in Mermaid's words. What follows from other arrows has none of its own. */
export function picture(parts: Parts, groups: readonly Group[]): string {
  const boxes = groups.flatMap(({ title, members }) => {
    const there = members(parts).toSorted();
    return [`  subgraph ${title}`, ...there.map((part) => `    ${part}`), '  end'];
  });
  const arrows = [...parts.keys()]
    .toSorted()
    .map((from) => ({ from, to: direct(parts, from).toSorted() }))
    .filter(({ to }) => to.length > 0)
    .map(({ from, to }) => `  ${from} --> ${to.join(' & ')}`);
  return ['flowchart TD', ...boxes, ...arrows].join('\n');
}

/** Those that it uses, and that nothing else which it uses uses too. */
function direct(parts: Parts, from: string): string[] {
  const used = [...(parts.get(from) ?? [])];
  return used.filter((part) => !used.some((other) => reach(parts, other).has(part)));
}
