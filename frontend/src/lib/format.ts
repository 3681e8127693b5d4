/** What stands where a value does not exist. */
export const ABSENT = '–';

type Maybe = number | null | undefined;

const LOCALE = 'en-US';

function formatter(
  minimum: number,
  maximum = minimum,
  // What rounds to zero is written without a sign.
  signDisplay: 'negative' | 'exceptZero' = 'negative',
): (value: number) => string {
  const format = new Intl.NumberFormat(LOCALE, {
    minimumFractionDigits: minimum,
    maximumFractionDigits: maximum,
    signDisplay,
  });
  // The true minus sign is as wide as a digit, so that columns stay aligned.
  return (value) => format.format(value).replace('-', '\u2212');
}

const whole = formatter(0);
const cents = formatter(2);
const tenths = formatter(1);
const signedWhole = formatter(0, 0, 'exceptZero');
const signedCents = formatter(2, 2, 'exceptZero');
const signedTenths = formatter(1, 1, 'exceptZero');

const unlessAbsent = (format: (value: number) => string) => (value: Maybe) =>
  value === null || value === undefined || !Number.isFinite(value) ? ABSENT : format(value);

/** Whole number with thousands separators: `12,345`. */
export const formatInteger = unlessAbsent(whole);

/** Money of an account, to the unit: `183,204`. */
export const formatMoney = unlessAbsent(whole);

/** Money to the cent: `1,234.50`. */
export const formatCents = unlessAbsent(cents);

const prices = Array.from({ length: 9 }, (_, decimals) => formatter(decimals));

/** Price of one share, with the decimals of its series (`priceDecimals`). */
export function formatPrice(value: Maybe, decimals: number): string {
  return unlessAbsent(prices[decimals] ?? cents)(value);
}

/** Ratio such as Sharpe: `0.71`. */
export const formatRatio = unlessAbsent(cents);

/** Difference of ratios: `+0.12`. */
export const formatSignedRatio = unlessAbsent(signedCents);

/** Measure with one decimal: `31.0`. */
export const formatTenths = unlessAbsent(tenths);

// A space that is never broken at, as in `12.3 %`.
const PERCENT = '\u00a0%';

/** Fraction as a percentage: 0.1234 is `12.3 %`. */
export const formatPercent = unlessAbsent((value) => `${tenths(value * 100)}${PERCENT}`);

/** Fraction as a percentage without decimals, for probabilities beside words: `87 %`. */
export const formatWholePercent = unlessAbsent((value) => `${whole(value * 100)}${PERCENT}`);

/** Fraction as a signed percentage: `+12.3 %`. */
export const formatSignedPercent = unlessAbsent(
  (value) => `${signedTenths(value * 100)}${PERCENT}`,
);

/** Signed money: `+41,203`. */
export const formatSignedMoney = unlessAbsent(signedWhole);

/** Large count in short: `5.08 M`. */
export const formatCompact = unlessAbsent((value) => {
  for (const [size, unit] of [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ] as const) {
    if (Math.abs(value) >= size) return `${cents(value / size)} ${unit}`;
  }
  return formatter(0, 2)(value);
});
