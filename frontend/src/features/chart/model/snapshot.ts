import type { Theme } from '@/lib/chart/palette';
import type { DrawnShade } from '@/lib/chart/SegmentShade';
import type { DrawnSentiment } from './SentimentLayer';

/** One marker as the chart holds it; `word` is null where neighbours leave no room for it. */
export interface DrawnMarker {
  readonly time: number;
  readonly side: 'buy' | 'sell';
  readonly shape: string;
  readonly colour: string;
  readonly word: string | null;
}

/**
 * What is drawn at this moment, read back from the chart for end-to-end tests, which cannot look
 * into a canvas; undefined while there is no chart or it is about to draw. Read-only; nothing in the
 * page depends on it.
 */
export interface DrawnSnapshot {
  readonly schema_version: 1;
  readonly symbol: string;
  /** Null while there are candles and no signals. */
  readonly agent: string | null;
  /** Candles drawn; in a replay those up to the cursor. */
  readonly candles: number;
  readonly first_time: number | null;
  readonly last_time: number | null;
  readonly markers: readonly DrawnMarker[];
  readonly panes: readonly string[];
  /** Bars and marks of the pane of sentiment; null while it is hidden. */
  readonly sentiment: DrawnSentiment | null;
  /** Candle with the line of a headline; null for none. */
  readonly marked: number | null;
  /** Shades behind the candles in each of the panes. */
  readonly shades: readonly (readonly DrawnShade[])[];
  /** Candle indices in view. */
  readonly visible: { readonly from: number; readonly to: number } | null;
  /** Index of the replay's candle; null outside a replay. */
  readonly replay_cursor: number | null;
  readonly log_scale: boolean;
  readonly theme: Theme;
}

declare global {
  interface Window {
    readonly __bellwether?: DrawnSnapshot;
  }
}

const NAME = '__bellwether';

/** Put what is drawn in reach of tests, read when it is asked for; null takes it away. */
export function publishSnapshot(read: (() => DrawnSnapshot | undefined) | null): void {
  const get = () => {
    const snapshot = read?.();
    return snapshot === undefined ? undefined : Object.freeze(snapshot);
  };
  Object.defineProperty(window, NAME, { get, configurable: true });
}
