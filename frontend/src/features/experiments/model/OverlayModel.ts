import {
  CrosshairMode,
  createChart,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type UTCTimestamp,
} from 'lightweight-charts';
import { COMMON_OPTIONS, QUIET, themeOptions } from '@/lib/chart/options';
import { PALETTES, type Theme } from '@/lib/chart/palette';
import { formatTenths } from '@/lib/format';
import { Observable } from '@/lib/observable';
import { formatTime } from '@/lib/time';
import { type Stroke, strokeOfHolding, strokeOfRun } from './colours';

/** One line of net worth, 100 at its start. */
export interface OverlayLine {
  name: string;
  /** Place among the runs; null for buy and hold. */
  run: number | null;
  time: readonly number[];
  value: readonly number[];
}

const DASHES = {
  solid: LineStyle.Solid,
  dashed: LineStyle.Dashed,
  dotted: LineStyle.Dotted,
} as const;
const NARROWEST = 8;
const REBASED = {
  type: 'custom' as const,
  formatter: (value: number) => formatTenths(value),
  minMove: 0.01,
};

/** Lines of net worth over each other, outside React; lines and theme change in place. */
export class OverlayModel {
  /** Time of the candle under the crosshair; null beside the lines. */
  readonly hovered = new Observable<number | null>(null);

  private readonly chart: IChartApi;
  private readonly series = new Map<string, ISeriesApi<'Line'>>();
  private lines: readonly OverlayLine[] = [];
  private span = '';

  constructor(container: HTMLElement, intraday: boolean) {
    this.chart = createChart(container, {
      ...COMMON_OPTIONS,
      rightPriceScale: { minimumWidth: 56 },
      crosshair: { mode: CrosshairMode.Magnet },
      localization: {
        ...COMMON_OPTIONS.localization,
        timeFormatter: (moment: number) => formatTime(moment, intraday),
      },
      timeScale: {
        timeVisible: intraday,
        minBarSpacing: 0.001,
        lockVisibleTimeRangeOnResize: true,
      },
      // A page that is scrolled through must not zoom what the pointer passes over.
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    });
    this.chart.subscribeCrosshairMove(({ time }) => {
      this.hovered.set(typeof time === 'number' ? time : null);
    });
    this.chart.subscribeDblClick(() => this.chart.timeScale().fitContent());
  }

  /** Draw these lines and no others; the view stays where they cover the same candles. */
  show(lines: readonly OverlayLine[], theme: Theme): void {
    this.lines = lines;
    this.chart.applyOptions(themeOptions(PALETTES[theme]));
    for (const [name, series] of this.series) {
      if (lines.some((line) => line.name === name)) continue;
      this.chart.removeSeries(series);
      this.series.delete(name);
    }
    for (const line of lines) {
      const series = this.series.get(line.name) ?? this.add(line);
      const stroke: Stroke =
        line.run === null ? strokeOfHolding(theme) : strokeOfRun(line.run, theme);
      series.applyOptions({ color: stroke.colour, lineStyle: DASHES[stroke.dash] });
      series.setData(
        line.time.map((moment, index) => ({
          time: moment as UTCTimestamp,
          value: line.value[index] as number,
        })),
      );
    }
    const span = lines.map(({ time }) => `${time[0]} ${time.at(-1)}`).join();
    if (span !== this.span) this.chart.timeScale().fitContent();
    this.span = span;
  }

  /** Move the crosshair by candles, from where it is or else from the last one. */
  step(candles: number): void {
    const [line] = this.lines;
    const series = line === undefined ? undefined : this.series.get(line.name);
    if (line === undefined || series === undefined) return;
    const at = this.hovered.get();
    const from = at === null ? line.time.length : line.time.indexOf(at);
    const index = Math.min(Math.max(from + candles, 0), line.time.length - 1);
    const moment = line.time[index];
    if (moment === undefined) return;
    this.chart.setCrosshairPosition(line.value[index] ?? 0, moment as UTCTimestamp, series);
    this.hovered.set(moment);
  }

  /** Show fewer (factor below 1) or more candles around the middle of the view. */
  zoom(factor: number): void {
    const scale = this.chart.timeScale();
    const view = scale.getVisibleLogicalRange();
    const longest = Math.max(...this.lines.map(({ time }) => time.length), 0);
    if (view === null) return;
    const middle = (view.from + view.to) / 2;
    const half = Math.max(((view.to - view.from) / 2) * factor, NARROWEST / 2);
    if (2 * half >= longest) scale.fitContent();
    else scale.setVisibleLogicalRange({ from: middle - half, to: middle + half });
  }

  remove(): void {
    this.chart.remove();
  }

  private add({ name, run }: OverlayLine): ISeriesApi<'Line'> {
    const series = this.chart.addSeries(LineSeries, {
      ...QUIET,
      lineWidth: run === 0 ? 2 : 1,
      priceFormat: REBASED,
    });
    series.priceScale().applyOptions({ scaleMargins: { top: 0.1, bottom: 0.1 } });
    this.series.set(name, series);
    return series;
  }
}
