import type { ItemSentiment, SentimentHistory } from '@/api/types';
import { lowerBound } from './bisect';
import { alignTo } from './frame';

export type Tone = ItemSentiment['label'];

/** Mean scores no further from zero say neither good nor bad. */
const NEUTRAL_WITHIN = 0.15;

/** What a mean score, from -1 to 1, says. */
export function toneOf(score: number): Tone {
  if (Math.abs(score) <= NEUTRAL_WITHIN) return 'neutral';
  return score > 0 ? 'positive' : 'negative';
}

/** The news of each candle, one row a candle of the series. */
export interface SentimentColumns {
  /** Headlines that count from the candle; null where it was not asked about. */
  readonly count: readonly (number | null)[];
  /** Their mean score; null where there is none, which is not the same as zero. */
  readonly score: readonly (number | null)[];
}

/**
 * Spread the answer over the candles of a series.
 *
 * @param time Candle times, ascending.
 */
export function alignSentiment(
  time: readonly number[],
  { daily }: SentimentHistory,
): SentimentColumns {
  return {
    count: alignTo(time, daily.time, daily.count),
    score: alignTo(time, daily.time, daily.score),
  };
}

/** Index of the candle that stands at exactly this time; null where the series has none. */
export function candleAt(time: readonly number[], moment: number): number | null {
  const index = lowerBound(time, moment);
  return time[index] === moment ? index : null;
}

/**
 * Time of the first candle that may use what counts from a moment, for not every day has one;
 * null where that candle is still to come.
 */
export function firstCandleFrom(time: readonly number[], moment: number): number | null {
  return time[lowerBound(time, moment)] ?? null;
}
