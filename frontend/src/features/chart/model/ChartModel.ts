import { createChart, type IChartApi, PriceScaleMode, type UTCTimestamp } from 'lightweight-charts';
import type { Fill, Segment } from '@/api/types';
import { nearestIndex } from '@/lib/bisect';
import { fadeRun, PALETTES, type Palette, type Theme } from '@/lib/chart/palette';
import type { Frame } from '@/lib/frame';
import { Observable } from '@/lib/observable';
import { candleAt, type SentimentColumns } from '@/lib/sentiment';
import { formatTime } from '@/lib/time';
import {
  centreOn,
  followTo,
  openReplay,
  shiftTo,
  type View,
  viewOf,
  zoomBy,
} from '../calculate/view';
import {
  append,
  CHART_OPTIONS,
  createLayers,
  type Layers,
  layOutPanes,
  paint,
  replace,
  stretch,
} from './layers';
import { MarkerLayer } from './MarkerLayer';
import { Panes } from './Panes';
import { SENTIMENT_PANE, SentimentLayer } from './SentimentLayer';
import { type DrawnSnapshot, publishSnapshot } from './snapshot';

export interface ChartContent {
  symbol: string;
  agent: string | null;
  /** Written across the price pane: where the candles are simulated, that. */
  watermark: string | null;
  intraday: boolean;
  frame: Frame;
  fills: readonly Fill[];
  segments: readonly Segment[];
}

/** Beyond so many candles several share a pixel for good; the chart then draws their union. */
const CONFLATE_ABOVE = 20_000;

/**
 * The chart, outside React: a component creates it, hands it content, and removes it. Hovered
 * candle, view and tops of the panes come back as observables.
 */
export class ChartModel {
  readonly hovered = new Observable<number | null>(null);
  readonly view = new Observable<View | null>(null);
  readonly pointedBar: SentimentLayer['pointedBar'];
  readonly paneTops: Observable<readonly number[]>;

  private readonly chart: IChartApi;
  private readonly layers: Layers;
  private readonly markers: MarkerLayer;
  private readonly panes: Panes;
  private readonly sentiment: SentimentLayer;
  private marked: number | null = null;
  private content: ChartContent | undefined;
  private theme: Theme = 'dark';
  private palette: Palette = PALETTES.dark;
  private logScale = false;
  private cursor: number | null = null;
  private shown = 0;
  /** Candle that the crosshair goes to once the view has moved. */
  private pointed: number | null = null;
  /** The crosshair goes there by a key, which also points at the bar. */
  private stepped = false;
  private pending = 0;

  constructor(container: HTMLElement) {
    this.chart = createChart(container, CHART_OPTIONS);
    this.layers = createLayers(this.chart);
    this.markers = new MarkerLayer(this.layers.markers);
    this.sentiment = new SentimentLayer(this.chart);
    this.pointedBar = this.sentiment.pointedBar;
    this.panes = new Panes(container, this.chart);
    this.paneTops = this.panes.tops;
    this.chart.subscribeCrosshairMove(({ logical, paneIndex, point, sourceEvent }) => {
      const index = logical === undefined ? -1 : Math.round(logical);
      const inside = index >= 0 && index < this.shown;
      this.hovered.set(inside ? index : null);
      // A crosshair that was put somewhere is no pointer.
      if (sourceEvent === undefined && point !== undefined) return;
      this.sentiment.point(inside && paneIndex === SENTIMENT_PANE ? index : null);
    });
    this.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      this.view.set(range === null ? null : { from: range.from, to: range.to });
      this.schedule();
    });
    this.chart.timeScale().subscribeSizeChange(() => this.schedule());
    publishSnapshot(() => this.describe());
  }

  /** Draw candles and run. The view stays where it is while the candles are the same. */
  setContent(content: ChartContent): void {
    const before = this.content;
    this.content = content;
    this.chart.applyOptions({
      localization: { timeFormatter: (time: number) => formatTime(time, content.intraday) },
      timeScale: {
        timeVisible: content.intraday,
        enableConflation: content.frame.length > CONFLATE_ABOVE,
      },
    });
    this.markers.setFills(content.fills, content.frame.time);
    if (before?.frame.time !== content.frame.time) this.cursor = null;
    this.draw();
  }

  /** Colours of the theme, those of the run fainter where it is `outdated`. */
  setTheme(theme: Theme, outdated: boolean): void {
    const before = this.theme;
    this.theme = theme;
    this.palette = outdated ? fadeRun(PALETTES[theme]) : PALETTES[theme];
    paint(this.chart, this.layers, this.palette);
    // Candles carry colours of the theme; the run's are those of its lines and marks.
    if (theme === before) this.schedule();
    else this.draw();
  }

  /**
   * Show or hide the pane of sentiment, and what it draws.
   *
   * @param columns One row a candle; null while there is none.
   */
  setSentiment(shown: boolean, columns: SentimentColumns | null): void {
    const before = this.sentiment.shown;
    this.sentiment.set(shown, columns);
    if (shown !== before) stretch(this.chart, shown);
    this.drawSentiment();
    this.schedule();
  }

  /** Mark the candle at `time` with a line down all panes; null takes it away. */
  setMark(time: number | null): void {
    this.marked = time;
    this.drawMark();
    this.schedule();
  }

  setLogScale(on: boolean): void {
    this.logScale = on;
    const mode = on ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal;
    this.layers.candles.priceScale().applyOptions({ mode });
    this.layers.netWorth.priceScale().applyOptions({ mode });
    this.schedule();
  }

  /** Show these candles. */
  showIndices(indices: View): void {
    this.look(viewOf(indices));
  }

  /** Bring the candle at `time` into view and put the crosshair on it. */
  reveal(time: number): void {
    if (this.content === undefined || this.shown === 0) return;
    const index = Math.min(nearestIndex(this.content.frame.time, time), this.shown - 1);
    this.moveView((view) => centreOn(index, view, this.shown - 1));
    this.pointed = index;
  }

  /** Move the crosshair by candles, from where it is or else from the last one. */
  step(candles: number): void {
    if (this.shown === 0) return;
    const start = this.hovered.get() ?? this.shown;
    const index = Math.min(Math.max(start + candles, 0), this.shown - 1);
    this.moveView((view) => shiftTo(index, view));
    this.pointed = index;
    this.hovered.set(index);
    this.stepped = true;
  }

  /** Show fewer (factor below 1) or more candles, keeping the right edge. */
  zoom(factor: number): void {
    this.moveView((view) => zoomBy(factor, view));
  }

  /** Replay: show candles up to `cursor` alone and follow it; null shows all again. */
  setCursor(cursor: number | null): void {
    const before = this.cursor;
    if (cursor === before) return;
    this.cursor = cursor;
    const { content } = this;
    if (content === undefined) return;
    if (
      cursor !== null &&
      before !== null &&
      cursor === before + 1 &&
      cursor < content.frame.length
    ) {
      append(this.layers, content.frame, cursor, this.palette);
      this.sentiment.append(content.frame.time, cursor, this.palette);
      this.shown = cursor + 1;
    } else {
      this.draw();
    }
    if (cursor !== null) {
      const move = before === null ? openReplay : followTo;
      this.moveView((view) => move(cursor, view));
    }
    this.schedule();
  }

  remove(): void {
    cancelAnimationFrame(this.pending);
    publishSnapshot(null);
    this.panes.remove();
    this.chart.remove();
  }

  private draw(): void {
    const { content, cursor } = this;
    if (content === undefined) return;
    const { frame, segments, watermark } = content;
    const { palette } = this;
    this.shown = cursor === null ? frame.length : Math.min(cursor + 1, frame.length);
    replace(this.layers, frame, this.shown, palette);
    this.drawSentiment();
    this.panes.decorate(frame.time, segments, watermark, palette);
    this.drawMark();
    this.schedule();
  }

  private drawSentiment(): void {
    if (this.content === undefined) return;
    this.sentiment.replace(this.content.frame.time, this.shown, this.palette);
  }

  private drawMark(): void {
    const time = this.content?.frame.time ?? [];
    const index = this.marked === null ? null : candleAt(time, this.marked);
    this.panes.mark(index, PALETTES[this.theme].agent);
  }

  private moveView(move: (view: View) => View): void {
    const view = this.chart.timeScale().getVisibleLogicalRange();
    if (view !== null) this.look(move(view));
  }

  private look(view: View): void {
    this.chart.timeScale().setVisibleLogicalRange(view);
    // The chart moves in a frame that it has just asked for; what follows must come after it.
    cancelAnimationFrame(this.pending);
    this.pending = 0;
    this.schedule();
  }

  private point(index: number): void {
    if (this.content === undefined) return;
    const { time, close } = this.content.frame;
    const moment = time[index] as UTCTimestamp;
    this.chart.setCrosshairPosition(close[index] as number, moment, this.layers.candles);
    this.hovered.set(index);
  }

  /** Crosshair and words follow once a frame, however often the view changes in it. */
  private schedule(): void {
    if (this.pending !== 0) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.settle();
    });
  }

  private settle(): void {
    if (this.content === undefined) return;
    this.panes.sync();
    if (this.pointed !== null) this.point(this.pointed);
    if (this.pointed !== null || this.pointedBar.get() !== null) {
      this.sentiment.point(this.stepped ? this.pointed : null);
    }
    this.stepped = false;
    this.pointed = null;
    const last = this.shown - 1;
    const bounds = this.visible() ?? { from: 0, to: last };
    const { barSpacing } = this.chart.timeScale().options();
    this.markers.draw(this.palette, barSpacing, bounds, last);
  }

  private visible(): View | null {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    return range === null ? null : { from: Math.round(range.from), to: Math.round(range.to) };
  }

  private describe(): DrawnSnapshot | undefined {
    const { content } = this;
    // What is due in the next frame is not drawn yet.
    if (content === undefined || this.pending !== 0) return undefined;
    return {
      schema_version: 1,
      symbol: content.symbol,
      agent: content.agent,
      candles: this.shown,
      first_time: content.frame.time[0] ?? null,
      last_time: content.frame.time[this.shown - 1] ?? null,
      markers: this.markers.read(),
      panes: layOutPanes(this.sentiment.shown).names,
      sentiment: this.sentiment.read(),
      marked: this.panes.readMark(),
      shades: this.panes.readShades(),
      visible: this.visible(),
      replay_cursor: this.cursor,
      log_scale: this.logScale,
      theme: this.theme,
    };
  }
}
