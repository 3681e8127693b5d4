import type { Action, Fill } from '@/api/types';
import { candleAt, type SentimentColumns, toneOf } from '@/lib/sentiment';

/** How a signal stands to the news that its decision could know. */
export type Agreement = 'agrees' | 'against' | 'neutral' | 'unscored' | 'none';

export const AGREEMENT_WORDS: Record<Agreement, string> = {
  agrees: 'agrees with the news',
  against: 'against the news',
  neutral: 'the news is neutral',
  unscored: 'news not scored yet',
  none: 'no news',
};

/**
 * A signal against the mean score of its candle's headlines.
 *
 * @param count Headlines that count from the candle; null where that is not known.
 * @param score Their mean score; null where none has one.
 * @returns Null where nothing can be said.
 */
export function judge(
  side: Fill['side'],
  count: number | null,
  score: number | null,
): Agreement | null {
  if (count === null) return null;
  if (count === 0) return 'none';
  if (score === null) return 'unscored';
  const tone = toneOf(score);
  if (tone === 'neutral') return 'neutral';
  return (tone === 'positive') === (side === 'buy') ? 'agrees' : 'against';
}

/** How each decision to buy or sell stands to the news of its candle; null for all others. */
export function judgeSignals(
  action: readonly (Action | null)[],
  { count, score }: SentimentColumns,
): (Agreement | null)[] {
  return action.map((side, index) =>
    side === null || side === 'hold'
      ? null
      : judge(side, count[index] ?? null, score[index] ?? null),
  );
}

/**
 * Candle of the decision that a fill executes: the last one before it that decided for its side,
 * for a fill moves on from candles without volume. Null where there is none.
 */
export function decisionOf(
  fill: Pick<Fill, 'time' | 'side'>,
  time: readonly number[],
  action: readonly (Action | null)[],
): number | null {
  const index = candleAt(time, fill.time);
  if (index === null) return null;
  const decision = action.lastIndexOf(fill.side, index - 1);
  return index === 0 || decision < 0 ? null : decision;
}

/** How the decision behind each fill stands to the news, in the order of the fills. */
export function judgeFills(
  fills: readonly Fill[],
  time: readonly number[],
  action: readonly (Action | null)[],
  signals: readonly (Agreement | null)[],
): (Agreement | null)[] {
  return fills.map((fill) => {
    const decision = decisionOf(fill, time, action);
    return decision === null ? null : (signals[decision] ?? null);
  });
}
