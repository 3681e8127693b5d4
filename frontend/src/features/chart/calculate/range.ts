import { lowerBound } from '@/lib/bisect';
import { type Frame, tradedWindow } from '@/lib/frame';
import { monthsBefore } from '@/lib/time';

export type Range = '1M' | '3M' | '6M' | '1Y' | '5Y' | 'All';

const MONTHS: Record<Exclude<Range, 'All'>, number> = {
  '1M': 1,
  '3M': 3,
  '6M': 6,
  '1Y': 12,
  '5Y': 60,
};

/** Candles shown at the least, so that a short preset on few candles is still a picture. */
const FEWEST = 5;

/**
 * Candle indices that a range button shows.
 *
 * @param time Candle times, ascending.
 * @param range The button.
 * @param last Index that the range ends at: the last candle traded.
 */
export function rangeIndices(
  time: readonly number[],
  range: Range,
  last: number,
): { from: number; to: number } {
  const end = time[last];
  if (range === 'All' || end === undefined) return { from: 0, to: Math.max(time.length - 1, 0) };
  const from = lowerBound(time, monthsBefore(end, MONTHS[range]));
  return { from: Math.max(Math.min(from, last - FEWEST), 0), to: last };
}

/** Share of the range that a replay shows from its start on, to begin with something to see. */
const LEAD_IN = 0.2;

/** Candle that a replay of the range starts at, inside what was traded. */
export function replayStart(frame: Frame, range: Range): number {
  const traded = tradedWindow(frame);
  const { from, to } = rangeIndices(frame.time, range, traded.to);
  const start = Math.round(from + (to - from) * (range === 'All' ? 0 : LEAD_IN));
  return Math.min(Math.max(start, traded.from), traded.to);
}
