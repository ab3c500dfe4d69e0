import { median } from './rounds.js';

/** One figure of all who were measured. */
export interface Result {
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly Row[];
  /** What else has to be known. */
  readonly notes?: readonly string[];
}

export interface Row {
  readonly who: string;
  /** A value a round. */
  readonly values: readonly number[];
  /** Figures besides. */
  readonly more?: Readonly<Record<string, string>>;
}

/** A figure under load, a value a round, and besides what it is in quiet. */
export function besideQuiet(
  who: string,
  rounds: readonly { readonly quiet: number; readonly loaded: number }[],
): Row {
  const quiet = median(rounds.map((round) => round.quiet));
  const values = rounds.map(({ loaded }) => loaded);
  const more = { 'in quiet': quiet.toFixed(1), 'to quiet': (median(values) / quiet).toFixed(2) };
  return { who, values, more };
}

/** Whom the others are compared with. */
export const PROGRAM = 'this program';

/** A result as a table in Markdown. */
export function table({ rows }: Result): string {
  const more = [...new Set(rows.flatMap((row) => Object.keys(row.more ?? {})))];
  const own = rows.find(({ who }) => who === PROGRAM);
  const head = ['', 'median', 'min', 'max', ...(own ? [`${PROGRAM} to it`] : []), ...more];
  const lines = rows.map((row) => {
    const { low, mid, high } = spread(row);
    const ratio = own ? [inRatio(ratioOf(own, row))] : [];
    const figures = [mid, low, high].map(inFigures);
    return [row.who, ...figures, ...ratio, ...more.map((name) => row.more?.[name] ?? '')];
  });
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The median of the rounds' ratios: what slows a machine down for a while slows down all who are measured in that round. */
function ratioOf({ values }: Row, to: Row): number {
  return median(values.map((value, round) => value / (to.values[round] ?? NaN)));
}

/** Nothing can be compared with nothing. */
function inRatio(ratio: number): string {
  return Number.isFinite(ratio) ? ratio.toFixed(2) : '';
}

export function spread({ values }: Row): { low: number; mid: number; high: number } {
  return { low: Math.min(...values), mid: median(values), high: Math.max(...values) };
}

export function inFigures(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}
