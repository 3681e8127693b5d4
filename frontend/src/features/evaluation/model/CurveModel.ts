import {
  CrosshairMode,
  createChart,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { EvaluationCurve, Segment } from '@/api/types';
import { COMMON_OPTIONS, MONEY, QUIET, themeOptions } from '@/lib/chart/options';
import { PALETTES, type Theme } from '@/lib/chart/palette';
import { SegmentShade } from '@/lib/chart/SegmentShade';
import { layOutShades } from '@/lib/chart/shades';
import { Observable } from '@/lib/observable';
import { priceDecimals } from '@/lib/price';
import { formatTime } from '@/lib/time';
import { BASELINES, type Baseline } from '../calculate/baselines';
import {
  AGENT_LINES,
  type DrawnCurve,
  haveTimeOfDay,
  joinHistory,
  type LineName,
} from '../calculate/curves';
import { BASELINE_COLOURS, BASELINE_DASHES } from './colours';
import { FanBand } from './FanBand';
import { publishCurves } from './snapshot';

const DASHES = {
  solid: LineStyle.Solid,
  dashed: LineStyle.Dashed,
  dotted: LineStyle.Dotted,
} as const;

/** Fewest candles in view. */
const NARROWEST = 8;

type Line = ISeriesApi<'Line'>;

/**
 * One curve of an evaluation, outside React: price above (of a symbol), net worth of the seeds and
 * baselines below. Another curve is another model; baselines and theme change in place.
 */
export class CurveModel {
  /** Index in the test of the candle under the crosshair; null beside it. */
  readonly hovered = new Observable<number | null>(null);

  private readonly chart: IChartApi;
  private readonly curve: EvaluationCurve;
  private readonly drawn: DrawnCurve;
  private readonly segments: readonly Segment[];
  private readonly price: Line | null;
  private readonly lines = new Map<LineName, Line>();
  private readonly band: FanBand | null;
  private readonly shades: readonly SegmentShade[];

  constructor(container: HTMLElement, curve: EvaluationCurve, segments: readonly Segment[]) {
    this.curve = curve;
    this.drawn = joinHistory(curve);
    this.segments = segments;
    const { time, close, first } = this.drawn;
    const intraday = haveTimeOfDay(time);
    this.chart = createChart(container, {
      ...COMMON_OPTIONS,
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
    this.price = close === null ? null : this.addPrice(time, close);
    const pane = this.price === null ? 0 : 1;
    for (const baseline of BASELINES) this.addLine(baseline, curve[baseline], pane);
    for (const name of AGENT_LINES) {
      const values = curve[name];
      if (values !== null) this.addLine(name, values, pane);
    }
    const under = this.lines.get('low');
    this.band =
      curve.low === null || curve.high === null ? null : new FanBand(curve.low, curve.high, first);
    if (this.band !== null) under?.attachPrimitive(this.band);
    const panes = this.chart.panes();
    panes[pane]?.setStretchFactor(pane === 0 ? 1 : 3);
    panes[0]?.setStretchFactor(pane === 0 ? 1 : 2);
    this.shades = panes.map((one) => {
      const shade = new SegmentShade();
      one.attachPrimitive(shade);
      return shade;
    });
    this.chart.subscribeCrosshairMove(({ logical }) => {
      const index = logical === undefined ? -1 : Math.round(logical) - first;
      this.hovered.set(index >= 0 && index < curve.time.length ? index : null);
    });
    this.chart.timeScale().fitContent();
    // What was zoomed or moved comes back whole.
    this.chart.subscribeDblClick(() => this.chart.timeScale().fitContent());
    publishCurves(() => ({
      schema_version: 1,
      symbol: curve.symbol,
      panes: this.price === null ? ['net worth'] : ['price', 'net worth'],
      lines: this.describeLines(),
      shades: this.shades.map((shade) => shade.read()),
    }));
  }

  /** Draw these baselines and no others. */
  showBaselines(shown: readonly Baseline[]): void {
    for (const baseline of BASELINES) {
      this.lines.get(baseline)?.applyOptions({ visible: shown.includes(baseline) });
    }
  }

  setTheme(theme: Theme): void {
    const palette = PALETTES[theme];
    this.chart.applyOptions(themeOptions(palette));
    this.price?.applyOptions({ color: palette.text });
    for (const baseline of BASELINES) {
      this.lines.get(baseline)?.applyOptions({ color: BASELINE_COLOURS[theme][baseline] });
    }
    for (const name of AGENT_LINES) this.lines.get(name)?.applyOptions({ color: palette.agent });
    for (const edge of ['low', 'high'] as const) {
      this.lines.get(edge)?.applyOptions({ color: palette.agentFill });
    }
    this.band?.paint(palette.agentFill);
    for (const shade of this.shades) {
      shade.show(layOutShades(this.drawn.time, this.segments, palette, true));
    }
  }

  /** Move the crosshair by candles of the test, from where it is or else from the last one. */
  step(candles: number): void {
    const last = this.curve.time.length - 1;
    const index = Math.min(Math.max((this.hovered.get() ?? last + 1) + candles, 0), last);
    const [line] = this.lines.values();
    const moment = this.curve.time[index];
    if (line === undefined || moment === undefined) return;
    const value = (this.curve.median ?? this.curve.buy_and_hold)[index] ?? 0;
    this.chart.setCrosshairPosition(value, moment as UTCTimestamp, line);
    this.hovered.set(index);
  }

  /** Show fewer (factor below 1) or more candles around the middle of the view. */
  zoom(factor: number): void {
    const scale = this.chart.timeScale();
    const view = scale.getVisibleLogicalRange();
    if (view === null) return;
    const middle = (view.from + view.to) / 2;
    const half = Math.max(((view.to - view.from) / 2) * factor, NARROWEST / 2);
    if (2 * half >= this.drawn.time.length) scale.fitContent();
    else scale.setVisibleLogicalRange({ from: middle - half, to: middle + half });
  }

  remove(): void {
    publishCurves(null);
    this.chart.remove();
  }

  private addPrice(time: readonly number[], close: readonly number[]): Line {
    const decimals = priceDecimals(close, close);
    const series = this.chart.addSeries(
      LineSeries,
      {
        ...QUIET,
        lineWidth: 1,
        priceFormat: { type: 'price', precision: decimals, minMove: 10 ** -decimals },
      },
      0,
    );
    series.setData(
      time.map((moment, index) => ({
        time: moment as UTCTimestamp,
        value: close[index] as number,
      })),
    );
    series.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0.14 } });
    return series;
  }

  private addLine(name: LineName, values: readonly number[], pane: number): void {
    const isEdge = name === 'low' || name === 'high';
    const isMain = name === (this.curve.agent === null ? 'median' : 'agent');
    const dash = BASELINES.find((baseline) => baseline === name);
    const series = this.chart.addSeries(
      LineSeries,
      {
        ...QUIET,
        lineWidth: isMain ? 2 : 1,
        lineStyle:
          dash !== undefined
            ? DASHES[BASELINE_DASHES[dash]]
            : name === 'worst'
              ? LineStyle.Dotted
              : LineStyle.Solid,
        lastValueVisible: !isEdge && (isMain || dash !== undefined),
        crosshairMarkerVisible: !isEdge,
        priceFormat: MONEY,
      },
      pane,
    );
    series.setData(
      this.curve.time.map((moment, index) => ({
        time: moment as UTCTimestamp,
        value: values[index] as number,
      })),
    );
    series.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0.1 } });
    this.lines.set(name, series);
  }

  private describeLines(): Partial<Record<LineName, number>> {
    const shown: Partial<Record<LineName, number>> = {};
    for (const [name, line] of this.lines) {
      if (line.options().visible) shown[name] = line.data().length;
    }
    return shown;
  }
}
