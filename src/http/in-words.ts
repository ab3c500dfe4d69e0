export function count(number: number): string {
  return number.toLocaleString('en');
}

/** Milliseconds with the digits that say something: 0.42 ms, 3.1 ms, 1,000 ms. */
export function milliseconds(ms: number): string {
  const digits = ms < 1 ? 2 : ms < 10 ? 1 : 0;
  return `${ms.toLocaleString('en', { maximumFractionDigits: digits })} ms`;
}

/** A time in milliseconds in its largest unit, and the next one if it is not round: 24 h, 1 h 30 min. */
export function duration(ms: number): string {
  let rest = Math.round(ms / 1_000);
  const parts = UNITS.map(([unit, seconds]) => {
    const whole = Math.floor(rest / seconds);
    rest %= seconds;
    return { whole, text: `${whole} ${unit}` };
  });
  const first = parts.findIndex(({ whole }) => whole > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(({ whole }) => whole > 0)
    .map(({ text }) => text)
    .join(' ');
}

/** How long ago a moment in milliseconds since 1970 was: just now, 3 minutes ago, yesterday. */
export function ago(at: number): string {
  const seconds = Math.max(0, (Date.now() - at) / 1_000);
  const [unit, length] = SPANS.find(([, span]) => seconds >= span) ?? [];
  return unit && length ? AGO.format(-Math.floor(seconds / length), unit) : 'just now';
}

const AGO = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const SPANS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Units and their seconds. A day is one of 24 hours: those of a session are told in hours. */
const UNITS = [
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A moment, given in milliseconds since 1970, for people and for machines. */
export interface Moment {
  readonly words: string;
  readonly iso: string;
}

export function moment(at: number): Moment {
  return { words: `${MINUTE.format(at)} UTC`, iso: new Date(at).toISOString() };
}

const MINUTE = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'UTC',
});
