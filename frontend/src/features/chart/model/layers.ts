import {
  type AutoscaleInfo,
  BaselineSeries,
  CandlestickSeries,
  type ChartOptions,
  CrosshairMode,
  createSeriesMarkers,
  type DeepPartial,
  HistogramSeries,
  type IChartApi,
  LineSeries,
  LineStyle,
} from 'lightweight-charts';
import { COMMON_OPTIONS, MONEY, QUIET, themeOptions } from '@/lib/chart/options';
import type { Palette } from '@/lib/chart/palette';
import { formatPercent } from '@/lib/format';
import type { Frame } from '@/lib/frame';
import { pointsAt } from '../calculate/points';
import { MARGIN } from '../calculate/view';

/** What stands in which pane, from top to bottom, and its share of the height. */
const PANES = { price: 58, 'net worth': 26, drawdown: 16 };
const PANES_WITH_SENTIMENT = { price: 51, sentiment: 13, 'net worth': 22, drawdown: 14 };

/** Names of the panes from top to bottom, and the shares of the height that they take. */
export function layOutPanes(sentiment: boolean): { names: string[]; shares: number[] } {
  const panes = sentiment ? PANES_WITH_SENTIMENT : PANES;
  return { names: Object.keys(panes), shares: Object.values(panes) };
}

/** Give the panes their shares of the height. */
export function stretch(chart: IChartApi, sentiment: boolean): void {
  const { shares } = layOutPanes(sentiment);
  chart.panes().forEach((pane, index) => {
    pane.setStretchFactor(shares[index] ?? 1);
  });
}

export const CHART_OPTIONS = {
  ...COMMON_OPTIONS,
  crosshair: { mode: CrosshairMode.Normal },
  timeScale: {
    rightOffset: MARGIN,
    // A million candles on 500 pixels, beside the axis of a small window.
    minBarSpacing: 0.0005,
    // The replay moves the view itself.
    shiftVisibleRangeOnNewBar: false,
    lockVisibleTimeRangeOnResize: true,
  },
} satisfies DeepPartial<ChartOptions>;

const percentage = {
  type: 'custom' as const,
  formatter: (value: number) => formatPercent(value / 100),
  minMove: 0.1,
};

/** The chart's series, created once; data and colours come later. */
export function createLayers(chart: IChartApi) {
  const candles = chart.addSeries(CandlestickSeries, { priceLineVisible: false }, 0);
  const volume = chart.addSeries(
    HistogramSeries,
    {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    },
    0,
  );
  volume.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
  candles.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.2 } });
  const benchmark = chart.addSeries(
    LineSeries,
    { ...QUIET, lineWidth: 1, lineStyle: LineStyle.Dashed, priceFormat: MONEY },
    1,
  );
  const netWorth = chart.addSeries(LineSeries, { ...QUIET, lineWidth: 2, priceFormat: MONEY }, 1);
  const benchmarkDrawdown = chart.addSeries(
    LineSeries,
    {
      ...QUIET,
      lineWidth: 1,
      lineStyle: LineStyle.Dashed,
      priceFormat: percentage,
      lastValueVisible: false,
    },
    2,
  );
  const drawdown = chart.addSeries(
    BaselineSeries,
    {
      ...QUIET,
      lineWidth: 1,
      baseValue: { type: 'price', price: 0 },
      // No drawdown is the top of the pane, whatever part of the run is in view.
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => {
        const info = original();
        if (info?.priceRange) info.priceRange.maxValue = 0;
        return info;
      },
      priceFormat: percentage,
      topLineColor: 'transparent',
      topFillColor1: 'transparent',
      topFillColor2: 'transparent',
    },
    2,
  );
  for (const series of [netWorth, drawdown]) {
    series.priceScale().applyOptions({ scaleMargins: { top: 0.14, bottom: 0.08 } });
  }
  stretch(chart, false);
  const markers = createSeriesMarkers(candles, [], { autoScale: true });
  return { candles, volume, netWorth, benchmark, drawdown, benchmarkDrawdown, markers };
}

export type Layers = ReturnType<typeof createLayers>;

/** Give chart and series the colours of a theme. */
export function paint(chart: IChartApi, layers: Layers, palette: Palette): void {
  chart.applyOptions(themeOptions(palette));
  layers.candles.applyOptions({
    upColor: palette.up,
    downColor: palette.down,
    borderUpColor: palette.up,
    borderDownColor: palette.down,
    wickUpColor: palette.up,
    wickDownColor: palette.down,
  });
  layers.netWorth.applyOptions({ color: palette.agent });
  layers.benchmark.applyOptions({ color: palette.benchmark });
  layers.benchmarkDrawdown.applyOptions({ color: palette.benchmark });
  layers.drawdown.applyOptions({
    bottomLineColor: palette.agent,
    bottomFillColor1: 'transparent',
    bottomFillColor2: palette.agentFill,
  });
}

/** Draw the first `count` candles of a frame in place of what was drawn. */
export function replace(layers: Layers, frame: Frame, count: number, palette: Palette): void {
  const points = Array.from({ length: count }, (_, index) => pointsAt(frame, index, palette));
  const { decimals } = frame;
  layers.candles.applyOptions({
    priceFormat: { type: 'price', precision: decimals, minMove: 10 ** -decimals },
  });
  layers.candles.setData(points.map((point) => point.candle));
  layers.volume.setData(points.map((point) => point.volume));
  layers.benchmark.setData(points.map((point) => point.benchmark));
  layers.netWorth.setData(points.map((point) => point.netWorth));
  layers.benchmarkDrawdown.setData(points.map((point) => point.benchmarkDrawdown));
  layers.drawdown.setData(points.map((point) => point.drawdown));
}

/** Draw one more candle. */
export function append(layers: Layers, frame: Frame, index: number, palette: Palette): void {
  const point = pointsAt(frame, index, palette);
  layers.candles.update(point.candle);
  layers.volume.update(point.volume);
  layers.benchmark.update(point.benchmark);
  layers.netWorth.update(point.netWorth);
  layers.benchmarkDrawdown.update(point.benchmarkDrawdown);
  layers.drawdown.update(point.drawdown);
}
