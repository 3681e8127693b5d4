/** Decimals that prices of every size have at the least, and the most that a chart's axis holds. */
const FEWEST = 2;
const MOST = 8;
/** Prices looked at to learn how finely a series is quoted. */
const SAMPLE = 2000;

/** Decimals that a price of this size needs to show a move of a small part of it. */
function decimalsOfSize(price: number): number {
  if (price >= 10) return FEWEST;
  if (price >= 0.1) return 5;
  return Math.min(4 + Math.ceil(-Math.log10(price)), MOST);
}

/** Decimals that the price is written with, `limit` at the most. */
function decimalsOfQuote(price: number, limit: number): number {
  let decimals = FEWEST;
  while (decimals < limit && Math.abs(price - Number(price.toFixed(decimals))) > 1e-9) {
    decimals += 1;
  }
  return decimals;
}

/**
 * Decimals that all prices of a series are shown with: as many as its lowest price calls for, but
 * no more than the series is quoted with. Two from 10 up, five below 10, more below 0.1.
 *
 * @param lows Lowest prices of the candles.
 * @param closes Their closes, of which a sample tells how finely the series is quoted.
 */
export function priceDecimals(lows: readonly number[], closes: readonly number[]): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const low of lows) if (low > 0 && low < lowest) lowest = low;
  const limit = decimalsOfSize(lowest);
  const stride = Math.max(Math.floor(closes.length / SAMPLE), 1);
  let decimals = FEWEST;
  for (let index = 0; index < closes.length && decimals < limit; index += stride) {
    decimals = Math.max(decimals, decimalsOfQuote(closes[index] as number, limit));
  }
  return decimals;
}
