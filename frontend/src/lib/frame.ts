import type { Action, Series, Signals } from '@/api/types';
import { priceDecimals } from './price';

type Column = (number | null)[];

/**
 * All that is drawn, one row a candle. Columns of the run are null on candles outside the traded
 * window, and everywhere while there is no run.
 */
export interface Frame {
  readonly length: number;
  /** Decimals that prices of the series are shown with. */
  readonly decimals: number;
  /** Opens and closes are on one price basis, so that a candle's body means something. */
  readonly comparable: boolean;
  readonly time: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
  readonly action: readonly (Action | null)[];
  readonly exposure: readonly (number | null)[];
  readonly quantity: readonly (number | null)[];
  readonly cash: readonly (number | null)[];
  readonly netWorth: readonly (number | null)[];
  readonly benchmark: readonly (number | null)[];
  /** Fraction below the earlier peak, at most 0. */
  readonly drawdown: readonly (number | null)[];
  readonly benchmarkDrawdown: readonly (number | null)[];
}

/** Fraction below the running peak at every value; null stays null and does not move the peak. */
export function drawdownOf(values: readonly (number | null)[]): Column {
  let peak = Number.NEGATIVE_INFINITY;
  return values.map((value) => {
    if (value === null) return null;
    peak = Math.max(peak, value);
    return peak > 0 ? value / peak - 1 : 0;
  });
}

/**
 * Spread a column over the candles by time.
 *
 * @param time Candle times, ascending.
 * @param at Times of the column, ascending.
 * @param column Values at those times.
 */
export function alignTo<T>(
  time: readonly number[],
  at: readonly number[],
  column: readonly T[],
): (T | null)[] {
  let next = 0;
  return time.map((moment) => {
    while (next < at.length && (at[next] as number) < moment) next += 1;
    return at[next] === moment ? (column[next] as T) : null;
  });
}

/** Candles and, where there is one, the run on them, as columns of one length. */
export function buildFrame(series: Series, signals: Signals | undefined): Frame {
  const { time, open, high, low, close, volume } = series.candles;
  const none: null[] = new Array(time.length).fill(null);
  const candles = {
    length: time.length,
    decimals: priceDecimals(low, close),
    comparable: series.price_basis !== 'mixed',
    time,
    open,
    high,
    low,
    close,
    volume,
  };
  if (signals === undefined) {
    return {
      ...candles,
      action: none,
      exposure: none,
      quantity: none,
      cash: none,
      netWorth: none,
      benchmark: none,
      drawdown: none,
      benchmarkDrawdown: none,
    };
  }
  const { decisions, ledger } = signals;
  const passive = signals.baselines.buy_and_hold.ledger;
  const netWorth = alignTo(time, ledger.time, ledger.net_worth);
  const benchmark = alignTo(time, passive.time, passive.net_worth);
  return {
    ...candles,
    action: alignTo(time, decisions.time, decisions.action),
    exposure: alignTo(time, decisions.time, decisions.exposure),
    quantity: alignTo(time, ledger.time, ledger.quantity),
    cash: alignTo(time, ledger.time, ledger.cash),
    netWorth,
    benchmark,
    drawdown: drawdownOf(netWorth),
    benchmarkDrawdown: drawdownOf(benchmark),
  };
}

/**
 * Whether a candle closed no lower than it opened; where opens and closes are on different price
 * bases, no lower than the candle before closed, for there a body says nothing.
 */
export function isRising(frame: Frame, index: number): boolean {
  const close = frame.close[index] ?? 0;
  const open = frame.open[index] ?? 0;
  return close >= (frame.comparable ? open : (frame.close[index - 1] ?? close));
}

/** First and last candle of the run; the whole series where there is none. */
export function tradedWindow(frame: Frame): { from: number; to: number } {
  const from = frame.netWorth.findIndex((value) => value !== null);
  if (from < 0) return { from: 0, to: Math.max(frame.length - 1, 0) };
  const to = frame.netWorth.findLastIndex((value) => value !== null);
  return { from, to };
}
