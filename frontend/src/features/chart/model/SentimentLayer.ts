import {
  type HistogramData,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type Logical,
  type UTCTimestamp,
} from 'lightweight-charts';
import { QUIET } from '@/lib/chart/options';
import type { Palette } from '@/lib/chart/palette';
import { formatSignedRatio } from '@/lib/format';
import { Observable } from '@/lib/observable';
import { type SentimentColumns, toneOf } from '@/lib/sentiment';

/** Pane of the sentiment, right under the price. */
export const SENTIMENT_PANE = 1;
/** Half the height of the mark that says: there was news, and it was neutral. */
const MARK = 0.05;

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

/** A bar that is pointed at, with its distance from the chart's left in pixels. */
export interface PointedBar {
  index: number;
  x: number;
}

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
  /** Candle whose bar is pointed at in this pane, or stepped to by keys. */
  readonly pointedBar = new Observable<PointedBar | null>(null);

  private columns: SentimentColumns | null = null;
  private series: { bars: ISeriesApi<'Histogram'>; marks: ISeriesApi<'Histogram'> } | null = null;
  private readonly chart: IChartApi;

  constructor(chart: IChartApi) {
    this.chart = chart;
  }

  get shown(): boolean {
    return this.series !== null;
  }

  /**
   * Take what is to be drawn next; add or remove the pane.
   *
   * @param columns One row a candle; null while there is none.
   */
  set(on: boolean, columns: SentimentColumns | null): void {
    this.columns = columns;
    if (on === this.shown) return;
    this.pointedBar.set(null);
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
    // `moveTo` needs panes that are painted; swaps do not.
    for (let pane = last; pane > SENTIMENT_PANE; pane -= 1) this.chart.swapPanes(pane, pane - 1);
    this.series = { bars, marks };
  }

  /** Draw the first `count` candles in place of what was drawn. */
  replace(time: readonly number[], count: number, palette: Palette): void {
    if (this.series === null) return;
    const bars: HistogramData[] = [];
    const marks: HistogramData[] = [];
    for (let index = 0; index < count; index += 1) {
      const drawn = this.pointAt(time, index, palette);
      if (drawn !== null) (drawn.neutral ? marks : bars).push(drawn.point);
    }
    this.series.bars.setData(bars);
    this.series.marks.setData(marks);
  }

  /** Draw one more candle. */
  append(time: readonly number[], index: number, palette: Palette): void {
    const drawn = this.pointAt(time, index, palette);
    if (drawn === null || this.series === null) return;
    this.series[drawn.neutral ? 'marks' : 'bars'].update(drawn.point);
  }

  /** Point at the bar of a candle; at none for null, without news, or while the pane is hidden. */
  point(index: number | null): void {
    const there = index !== null && this.shown && this.hasNews(index);
    const x = there ? this.chart.timeScale().logicalToCoordinate(index as Logical) : null;
    const before = this.pointedBar.get();
    if (index === null || x === null) this.pointedBar.set(null);
    else if (before?.index !== index || before.x !== x) this.pointedBar.set({ index, x });
  }

  /** What the series hold, read back from them; null while the pane is hidden. */
  read(): DrawnSentiment | null {
    if (this.series === null) return null;
    return { bars: this.series.bars.data().length, marks: this.series.marks.data().length };
  }

  private hasNews(index: number): boolean {
    return (this.columns?.count[index] ?? 0) > 0;
  }

  /** Null without news. News whose mean is neutral, or that nobody scored yet, is a mark. */
  private pointAt(
    times: readonly number[],
    index: number,
    palette: Palette,
  ): { neutral: boolean; point: HistogramData } | null {
    if (!this.hasNews(index)) return null;
    const time = times[index] as UTCTimestamp;
    const score = this.columns?.score[index] ?? null;
    if (score === null || toneOf(score) === 'neutral') {
      return { neutral: true, point: { time, value: MARK, color: palette.benchmark } };
    }
    const color = score > 0 ? palette.up : palette.down;
    return { neutral: false, point: { time, value: score, color } };
  }
}
