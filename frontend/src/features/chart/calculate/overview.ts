import type { Segment } from '@/api/types';
import { lowerBound } from '@/lib/bisect';

export interface Band {
  kind: Segment['kind'];
  start: number;
  end: number;
  /** Share of the whole series, in per cent. */
  left: number;
  width: number;
}

/** Where segments lie on a strip that stands for all candles. */
export function layOutBands(segments: readonly Segment[], time: readonly number[]): Band[] {
  const share = 100 / Math.max(time.length, 1);
  return segments
    .map(({ kind, start, end }) => {
      const from = lowerBound(time, start);
      const until = lowerBound(time, end + 1);
      return { kind, start, end, left: from * share, width: (until - from) * share };
    })
    .filter((band) => band.width > 0);
}

/** Where the view lies on that strip, cut to it. */
export function layOutView(
  view: { from: number; to: number },
  length: number,
): { left: number; width: number } {
  const clip = (index: number) => Math.min(Math.max(index, 0), length);
  const from = clip(view.from);
  const to = clip(view.to);
  const share = 100 / Math.max(length, 1);
  return { left: from * share, width: Math.max((to - from) * share, 0) };
}
