import type { SeriesMarker, Time, UTCTimestamp } from 'lightweight-charts';
import type { Fill } from '@/api/types';
import type { Palette } from '@/lib/chart/palette';
import { CROWDED_PIXELS, chooseWorded, type FillMark, markFills } from '../calculate/markers';
import type { Layers } from './layers';
import type { DrawnMarker } from './snapshot';

/** The fills on the candles: an arrow each, and its word wherever there is room. */
export class MarkerLayer {
  private readonly plugin: Layers['markers'];
  private marks: readonly FillMark[] = [];
  private drawn = '';

  constructor(plugin: Layers['markers']) {
    this.plugin = plugin;
  }

  setFills(fills: readonly Fill[], time: readonly number[]): void {
    this.marks = markFills(fills, time);
    this.drawn = '';
  }

  /** Draw again where fills, colours, words or the last candle shown have changed. */
  draw(
    palette: Palette,
    barSpacing: number,
    visible: { from: number; to: number },
    last: number,
  ): void {
    const marks = this.marks.filter((mark) => mark.index <= last);
    const worded = chooseWorded(marks, barSpacing, visible);
    const size = barSpacing < CROWDED_PIXELS ? 0.5 : 1.2;
    const state = `${palette.buy} ${size} ${marks.length} ${[...worded].join()}`;
    if (state === this.drawn) return;
    this.drawn = state;
    this.plugin.setMarkers(
      marks.map((mark, position): SeriesMarker<Time> => {
        const buy = mark.side === 'buy';
        return {
          time: mark.time as UTCTimestamp,
          position: buy ? 'belowBar' : 'aboveBar',
          shape: buy ? 'arrowUp' : 'arrowDown',
          color: buy ? palette.buy : palette.sell,
          id: mark.side,
          size,
          ...(worded.has(position) ? { text: mark.word } : {}),
        };
      }),
    );
  }

  /** What the chart holds, read back from it. */
  read(): DrawnMarker[] {
    return this.plugin.markers().map((marker) => ({
      time: marker.time as number,
      side: marker.id === 'buy' ? 'buy' : 'sell',
      shape: marker.shape,
      colour: marker.color,
      word: marker.text ?? null,
    }));
  }
}
