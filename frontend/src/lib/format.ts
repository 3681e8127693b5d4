/** What stands where a value does not exist. */
export const ABSENT = '–';

type Maybe = number | null | undefined;

const LOCALE = 'en-US';

function formatter(minimum: number, maximum = minimum): (value: number) => string {
  const format = new Intl.NumberFormat(LOCALE, {
    minimumFractionDigits: minimum,
    maximumFractionDigits: maximum,
  });
  // The true minus sign is as wide as a digit, so that columns stay aligned.
  return (value) => format.format(Object.is(value, -0) ? 0 : value).replace('-', '\u2212');
}

const whole = formatter(0);
const cents = formatter(2);
const fine = formatter(4);

const unlessAbsent = (format: (value: number) => string) => (value: Maybe) =>
  value === null || value === undefined || !Number.isFinite(value) ? ABSENT : format(value);

/** Whole number with thousands separators: `12,345`. */
export const formatInteger = unlessAbsent(whole);

/** Money of an account, to the unit: `183,204`. */
export const formatMoney = unlessAbsent(whole);

/** Money to the cent: `1,234.50`. */
export const formatCents = unlessAbsent(cents);

/** Price of one share: two decimals, four below ten where pennies matter. */
export const formatPrice = unlessAbsent((value) =>
  Math.abs(value) < 10 ? fine(value) : cents(value),
);

/** Ratio such as Sharpe: `0.71`. */
export const formatRatio = unlessAbsent(cents);

/** Fraction as a percentage: 0.1234 is `12.3%`. */
export const formatPercent = unlessAbsent((value) => `${formatter(1)(value * 100)}%`);

/** Fraction as a signed percentage: `+12.3%`. */
export const formatSignedPercent = unlessAbsent(
  (value) => `${value > 0 ? '+' : ''}${formatter(1)(value * 100)}%`,
);

/** Signed money: `+41,203`. */
export const formatSignedMoney = unlessAbsent((value) => `${value > 0 ? '+' : ''}${whole(value)}`);

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
