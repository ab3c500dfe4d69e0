/** An amount in the smallest unit of its currency (1250 GBP is £12.50): whole numbers add up without error. */
export interface Money {
  readonly minor: number;
  /** ISO 4217 */
  readonly currency: string;
}

export function times({ minor, currency }: Money, count: number): Money {
  return { minor: minor * count, currency };
}

/** The sums of amounts, one a currency: amounts of different ones have no sum. */
export function sums(amounts: readonly Money[]): Money[] {
  const minors = new Map<string, number>();
  for (const { minor, currency } of amounts) {
    minors.set(currency, (minors.get(currency) ?? 0) + minor);
  }
  return [...minors].map(([currency, minor]) => ({ minor, currency }));
}

/** An amount for people to read, e.g. £12.50. */
export function formatMoney({ minor, currency }: Money): string {
  let format = formats.get(currency);
  if (!format) formats.set(currency, (format = formatOf(currency)));
  return format(minor);
}

type Format = (minor: number) => string;

/** One a currency: it takes far longer to make one than to use it. */
const formats = new Map<string, Format>();

function formatOf(currency: string): Format {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency });
  const unit = 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2);
  return (minor) => format.format(minor / unit);
}
