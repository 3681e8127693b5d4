import {
  type HistogramData,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
  type WhitespaceData,
} from 'lightweight-charts';
import { QUIET } from '@/lib/chart/options';
import type { Palette } from '@/lib/chart/palette';
import { formatSignedRatio } from '@/lib/format';
import { type SentimentColumns, toneOf } from '@/lib/sentiment';

/** Pane of the sentiment, right under the price. */
export const SENTIMENT_PANE = 1;
/** Half the height of the mark that says: there was news, and it was neutral. */
const MARK = 0.05;

type Bar = HistogramData | WhitespaceData;

const FORMAT = {
  type: 'custom' as const,
  formatter: (value: number) => formatSignedRatio(value),
  minMove: 0.01,
};

const OPTIONS = {
  ...QUIET,
  lastValueVisible: false,
  priceFormat: FORMAT,
  // A score lies between -1 and 1, whatever part of the series is in view.
  autoscaleInfoProvider: () => ({ priceRange: { minValue: -1, maxValue: 1 } }),
};

/** What is drawn of the sentiment, for those who cannot look at the canvas. */
export interface DrawnSentiment {
  /** Candles with a bar that says good or bad. */
  readonly bars: number;
  /** Candles with news that is neutral, or not scored. */
  readonly marks: number;
}

/**
 * The mean score of each candle's headlines as a bar from zero. Neutral news is a thin mark; a
 * candle without news has neither.
 */
export class SentimentLayer {
  private series: { bars: ISeriesApi<'Histogram'>; marks: ISeriesApi<'Histogram'> } | null = null;
  private readonly chart: IChartApi;

  constructor(chart: IChartApi) {
    this.chart = chart;
  }

  get shown(): boolean {
    return this.series !== null;
  }

  /** Add or remove the pane; both series are empty at first. */
  show(on: boolean): void {
    if (on === this.shown) return;
    if (this.series !== null) {
      // The pane goes with the last of its series.
      this.chart.removeSeries(this.series.marks);
      this.chart.removeSeries(this.series.bars);
      this.series = null;
      return;
    }
    const last = this.chart.panes().length;
    const bars = this.chart.addSeries(HistogramSeries, OPTIONS, last);
    const marks = this.chart.addSeries(HistogramSeries, { ...OPTIONS, base: -MARK }, last);
    bars.priceScale().applyOptions({ scaleMargins: { top: 0.06, bottom: 0.06 } });
    // A pane is moved by name only once it is painted; it is swapped up at any time.
    for (let pane = last; pane > SENTIMENT_PANE; pane -= 1) this.chart.swapPanes(pane, pane - 1);
    this.series = { bars, marks };
  }

  /** Draw the first `count` candles in place of what was drawn. */
  replace(
    time: readonly number[],
    columns: SentimentColumns | null,
    count: number,
    palette: Palette,
  ): void {
    const bars: Bar[] = [];
    const marks: Bar[] = [];
    for (let index = 0; index < count; index += 1) {
      const point = this.pointsAt(time, columns, index, palette);
      bars.push(point.bar);
      marks.push(point.mark);
    }
    this.series?.bars.setData(bars);
    this.series?.marks.setData(marks);
  }

  /** Draw one more candle. */
  append(
    time: readonly number[],
    columns: SentimentColumns | null,
    index: number,
    palette: Palette,
  ): void {
    const point = this.pointsAt(time, columns, index, palette);
    this.series?.bars.update(point.bar);
    this.series?.marks.update(point.mark);
  }

  /** What the series hold, read back from them; null while the pane is hidden. */
  read(): DrawnSentiment | null {
    if (this.series === null) return null;
    const drawn = (series: ISeriesApi<'Histogram'>) =>
      series.data().filter((point) => 'value' in point).length;
    return { bars: drawn(this.series.bars), marks: drawn(this.series.marks) };
  }

  private pointsAt(
    times: readonly number[],
    columns: SentimentColumns | null,
    index: number,
    palette: Palette,
  ): { bar: Bar; mark: Bar } {
    const time = times[index] as UTCTimestamp;
    const nothing = { time };
    const score = columns?.score[index] ?? null;
    if ((columns?.count[index] ?? 0) === 0) return { bar: nothing, mark: nothing };
    if (score === null || toneOf(score) === 'neutral') {
      return { bar: nothing, mark: { time, value: MARK, color: palette.benchmark } };
    }
    const color = score > 0 ? palette.up : palette.down;
    return { bar: { time, value: score, color }, mark: nothing };
  }
}
