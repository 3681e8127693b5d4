import {
  ColorType,
  CrosshairMode,
  createChart,
  createTextWatermark,
  type IChartApi,
  type IRange,
  PriceScaleMode,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { Fill, Segment } from '@/api/types';
import { lowerBound, nearestIndex } from '@/lib/bisect';
import type { Frame } from '@/lib/frame';
import { Observable } from '@/lib/observable';
import { formatTime } from '@/lib/time';
import { pointsAt } from '../calculate/points';
import { createLayers, type Layers, PANES, paint } from './layers';
import { MarkerLayer } from './MarkerLayer';
import { PALETTES, type Theme } from './palette';
import { SegmentShade } from './SegmentShade';
import { publishSnapshot } from './snapshot';

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

export interface Indices {
  from: number;
  to: number;
}

/** A canvas knows no CSS variables, so the page's font is named again. */
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";
/** Empty room right of the last candle, in candles. */
const MARGIN = 3;
/** Beyond so many candles several share a pixel for good; the chart then draws their union. */
const CONFLATE_ABOVE = 20_000;

/**
 * The chart, outside React: a component creates it, hands it content, and removes it. Hovered
 * candle, view and pane heights come back as observables.
 */
export class ChartModel {
  readonly hovered = new Observable<number | null>(null);
  readonly view = new Observable<Indices | null>(null);
  readonly paneTops = new Observable<readonly number[]>([]);

  private readonly chart: IChartApi;
  private readonly layers: Layers;
  private readonly markers: MarkerLayer;
  private readonly shades = PANES.map(() => new SegmentShade());
  private readonly watermark: ReturnType<typeof createTextWatermark<Time>>;
  private content: ChartContent | undefined;
  private theme: Theme = 'dark';
  private logScale = false;
  private cursor: number | null = null;
  private shown = 0;
  private pending = 0;

  constructor(container: HTMLElement) {
    this.chart = createChart(container, {
      autoSize: true,
      layout: {
        background: { type: ColorType.Solid },
        fontFamily: FONT,
        fontSize: 11,
        attributionLogo: true,
      },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { minimumWidth: 72 },
      localization: { locale: 'en-US' },
      timeScale: {
        rightOffset: MARGIN,
        minBarSpacing: 0.02,
        shiftVisibleRangeOnNewBar: false,
        lockVisibleTimeRangeOnResize: true,
      },
    });
    this.layers = createLayers(this.chart);
    this.markers = new MarkerLayer(this.layers.markers);
    const panes = this.chart.panes();
    this.shades.forEach((shade, index) => {
      panes[index]?.attachPrimitive(shade);
    });
    this.watermark = createTextWatermark(panes[0] as (typeof panes)[number], { lines: [] });
    this.chart.subscribeCrosshairMove(({ logical }) => {
      const index = logical === undefined ? -1 : Math.round(logical);
      this.hovered.set(index >= 0 && index < this.shown ? index : null);
    });
    this.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => this.onView(range));
    this.chart.timeScale().subscribeSizeChange(() => this.schedule());
  }

  /** Draw candles and run. The view stays where it is while the candles are the same. */
  setContent(content: ChartContent): void {
    const before = this.content;
    this.content = content;
    const conflate = content.frame.length > CONFLATE_ABOVE;
    this.chart.applyOptions({
      localization: {
        timeFormatter: (time: number) => formatTime(time, content.intraday),
      },
      timeScale: { timeVisible: content.intraday, enableConflation: conflate },
    });
    this.markers.setFills(content.fills, content.frame.time);
    if (before?.frame.time !== content.frame.time) this.cursor = null;
    this.drawAll();
    this.decorate();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    paint(this.chart, this.layers, PALETTES[theme]);
    if (this.content !== undefined) this.drawAll();
    this.decorate();
  }

  setLogScale(on: boolean): void {
    this.logScale = on;
    const mode = on ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal;
    this.layers.candles.priceScale().applyOptions({ mode });
    this.layers.netWorth.priceScale().applyOptions({ mode });
    this.schedule();
  }

  /** Show these candles; of a replay at most up to its cursor. */
  showIndices({ from, to }: Indices): void {
    this.chart.timeScale().setVisibleLogicalRange({ from: from - 0.5, to: to + MARGIN });
    this.schedule();
  }

  /** Bring the candle at `time` to the middle of the view and put the crosshair on it. */
  reveal(time: number): void {
    const { content } = this;
    if (content === undefined || this.shown === 0) return;
    const index = Math.min(nearestIndex(content.frame.time, time), this.shown - 1);
    const range = this.chart.timeScale().getVisibleLogicalRange();
    const width = range === null ? 120 : Math.min(range.to - range.from, 260);
    this.chart
      .timeScale()
      .setVisibleLogicalRange({ from: index - width / 2, to: index + width / 2 });
    this.point(index);
    this.schedule();
  }

  /** Move the crosshair by candles, from where it is or else from the right edge. */
  step(candles: number): void {
    if (this.shown === 0) return;
    const range = this.chart.timeScale().getVisibleLogicalRange();
    const start = this.hovered.get() ?? Math.min(Math.floor(range?.to ?? this.shown), this.shown);
    const index = Math.min(Math.max(start + candles, 0), this.shown - 1);
    if (range !== null && (index < range.from || index > range.to)) {
      const shift = index < range.from ? index - range.from - 1 : index - range.to + 1;
      this.chart
        .timeScale()
        .setVisibleLogicalRange({ from: range.from + shift, to: range.to + shift });
    }
    this.point(index);
  }

  /** Show fewer (factor below 1) or more candles, keeping the right edge. */
  zoom(factor: number): void {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    if (range === null) return;
    const width = Math.max((range.to - range.from) * factor, 8);
    this.chart.timeScale().setVisibleLogicalRange({ from: range.to - width, to: range.to });
  }

  /** Replay: show candles up to `cursor` alone and follow it; null shows all again. */
  setCursor(cursor: number | null): void {
    const before = this.cursor;
    if (cursor === before) return;
    this.cursor = cursor;
    if (this.content === undefined) return;
    if (cursor !== null && before !== null && cursor === before + 1) this.append(cursor);
    else this.drawAll();
    if (cursor !== null) this.follow(cursor);
    this.schedule();
  }

  remove(): void {
    cancelAnimationFrame(this.pending);
    publishSnapshot(null);
    this.chart.remove();
  }

  private drawAll(): void {
    const { content } = this;
    if (content === undefined) return;
    const { frame } = content;
    this.shown = this.cursor === null ? frame.length : Math.min(this.cursor + 1, frame.length);
    const colours = PALETTES[this.theme];
    const points = Array.from({ length: this.shown }, (_, index) =>
      pointsAt(frame, index, colours),
    );
    const { candles, volume, netWorth, benchmark, drawdown, benchmarkDrawdown } = this.layers;
    candles.setData(points.map((point) => point.candle));
    volume.setData(points.map((point) => point.volume));
    benchmark.setData(points.map((point) => point.benchmark));
    netWorth.setData(points.map((point) => point.netWorth));
    benchmarkDrawdown.setData(points.map((point) => point.benchmarkDrawdown));
    drawdown.setData(points.map((point) => point.drawdown));
    this.schedule();
  }

  private append(index: number): void {
    const { content } = this;
    if (content === undefined || index >= content.frame.length) return;
    const point = pointsAt(content.frame, index, PALETTES[this.theme]);
    this.layers.candles.update(point.candle);
    this.layers.volume.update(point.volume);
    this.layers.benchmark.update(point.benchmark);
    this.layers.netWorth.update(point.netWorth);
    this.layers.benchmarkDrawdown.update(point.benchmarkDrawdown);
    this.layers.drawdown.update(point.drawdown);
    this.shown = index + 1;
  }

  private follow(cursor: number): void {
    const scale = this.chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (range === null) return;
    const width = range.to - range.from;
    if (cursor > range.to - MARGIN || cursor < range.from) {
      scale.setVisibleLogicalRange({ from: cursor + MARGIN - width, to: cursor + MARGIN });
    }
  }

  private point(index: number): void {
    const { content } = this;
    if (content === undefined) return;
    const time = content.frame.time[index] as UTCTimestamp;
    this.chart.setCrosshairPosition(
      content.frame.close[index] as number,
      time,
      this.layers.candles,
    );
    this.hovered.set(index);
  }

  private decorate(): void {
    const { content } = this;
    if (content === undefined) return;
    const palette = PALETTES[this.theme];
    const shades = content.segments
      .filter((segment) => segment.kind !== 'test')
      .map((segment) => ({
        from: lowerBound(content.frame.time, segment.start),
        to: lowerBound(content.frame.time, segment.end + 1) - 1,
        colour: segment.kind === 'validation' ? palette.validation : palette.seen,
      }));
    for (const shade of this.shades) shade.show(shades);
    this.watermark.applyOptions({
      horzAlign: 'center',
      vertAlign: 'center',
      lines:
        content.watermark === null
          ? []
          : [{ text: content.watermark, color: palette.watermark, fontSize: 40 }],
    });
  }

  private onView(range: IRange<number> | null): void {
    this.view.set(range === null ? null : { from: range.from, to: range.to });
    this.schedule();
  }

  /** Words, pane tops and snapshot follow once a frame, however often the view changes in it. */
  private schedule(): void {
    if (this.pending !== 0) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.settle();
    });
  }

  private settle(): void {
    const { content } = this;
    if (content === undefined) return;
    const scale = this.chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    const visible =
      range === null ? null : { from: Math.round(range.from), to: Math.round(range.to) };
    this.markers.draw(
      PALETTES[this.theme],
      scale.options().barSpacing,
      visible ?? { from: 0, to: this.shown },
      this.shown - 1,
    );
    this.measurePanes();
    publishSnapshot({
      schema_version: 1,
      symbol: content.symbol,
      agent: content.agent,
      candles: this.shown,
      first_time: content.frame.time[0] ?? null,
      last_time: content.frame.time[this.shown - 1] ?? null,
      markers: this.markers.read(),
      panes: PANES,
      visible,
      replay_cursor: this.cursor,
      log_scale: this.logScale,
      theme: this.theme,
    });
  }

  private measurePanes(): void {
    let top = 0;
    const tops = this.chart.panes().map((pane) => {
      const start = top;
      top += pane.getHeight() + 1;
      return start;
    });
    if (tops.join() !== this.paneTops.get().join()) this.paneTops.set(tops);
  }
}
