/** An amount in the smallest unit of its currency (1250 GBP is £12.50): whole numbers add up without error. */
export interface Money {
  readonly minor: number;
  /** ISO 4217 */
  readonly currency: string;
}

export function times({ minor, currency }: Money, count: number): Money {
  return { minor: minor * count, currency };
}

/** The sum of amounts in one currency. */
export function sum(amounts: readonly [Money, ...Money[]]): Money {
  const [{ currency }] = amounts;
  if (amounts.some((amount) => amount.currency !== currency)) {
    throw new Error('amounts of different currencies have no sum');
  }
  return { minor: amounts.reduce((total, { minor }) => total + minor, 0), currency };
}

/** An amount for people to read, e.g. £12.50. */
export function formatMoney({ minor, currency }: Money): string {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}
