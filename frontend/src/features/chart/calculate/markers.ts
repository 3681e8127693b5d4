import type { Fill } from '@/api/types';
import { lowerBound } from '@/lib/bisect';

/** Room that a word takes with the air around it; closer words would run into each other. */
const WORD_PIXELS = 44;
/** Below this distance from candle to candle arrows stand so close that fewer words read better. */
export const CROWDED_PIXELS = 1.5;
const CROWDED_WORD_PIXELS = 88;

export interface FillMark {
  index: number;
  time: number;
  side: Fill['side'];
  word: 'Buy' | 'Sell';
}

/** One mark a fill, at the candle of its execution, in the order of time. */
export function markFills(fills: readonly Fill[], time: readonly number[]): FillMark[] {
  return fills
    .map((fill): FillMark => {
      const index = lowerBound(time, fill.time);
      return {
        index,
        time: fill.time,
        side: fill.side,
        word: fill.side === 'buy' ? 'Buy' : 'Sell',
      };
    })
    .filter((mark) => time[mark.index] === mark.time)
    .sort((a, b) => a.time - b.time);
}

/**
 * Which marks carry their word: all of them where there is room, else as many as fit from left to
 * right. Buys stand below and sells above the candles, so each side has room of its own.
 *
 * @param marks Ascending in time.
 * @param barSpacing Pixels from one candle to the next.
 * @param visible Candle indices in view; marks outside stay without word.
 * @returns Positions in `marks`.
 */
export function chooseWorded(
  marks: readonly FillMark[],
  barSpacing: number,
  visible: { from: number; to: number },
): Set<number> {
  const last: Record<Fill['side'], number> = {
    buy: Number.NEGATIVE_INFINITY,
    sell: Number.NEGATIVE_INFINITY,
  };
  const room = barSpacing < CROWDED_PIXELS ? CROWDED_WORD_PIXELS : WORD_PIXELS;
  const chosen = new Set<number>();
  const first = lowerBound(
    marks.map((mark) => mark.index),
    visible.from,
  );
  for (let position = first; position < marks.length; position += 1) {
    const mark = marks[position] as FillMark;
    if (mark.index > visible.to) break;
    if ((mark.index - last[mark.side]) * barSpacing >= room) {
      chosen.add(position);
      last[mark.side] = mark.index;
    }
  }
  return chosen;
}
