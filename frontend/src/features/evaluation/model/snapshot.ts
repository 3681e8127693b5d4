import type { DrawnShade } from '@/lib/chart/SegmentShade';
import type { LineName } from '../calculate/curves';

/**
 * What the chart of curves draws at this moment, read back from it for end-to-end tests, which
 * cannot look into a canvas. Read-only; nothing in the page depends on it.
 */
export interface CurveSnapshot {
  readonly schema_version: 1;
  /** Null for the mean. */
  readonly symbol: string | null;
  readonly panes: readonly ('price' | 'net worth')[];
  /** Lines that are to be seen, with the candles of each. */
  readonly lines: Partial<Record<LineName, number>>;
  /** Shades behind each of the panes. */
  readonly shades: readonly (readonly DrawnShade[])[];
}

declare global {
  interface Window {
    readonly __bellwether_curves?: CurveSnapshot;
  }
}

/** Put what is drawn in reach of tests, read when it is asked for; null takes it away. */
export function publishCurves(read: (() => CurveSnapshot) | null): void {
  const get = () => (read === null ? undefined : Object.freeze(read()));
  Object.defineProperty(window, '__bellwether_curves', { get, configurable: true });
}
