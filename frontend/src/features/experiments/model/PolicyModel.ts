import {
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { Fill } from '@/api/types';
import { COMMON_OPTIONS, QUIET, themeOptions } from '@/lib/chart/options';
import { PALETTES, type Theme } from '@/lib/chart/palette';
import { priceDecimals } from '@/lib/price';
import { formatTime } from '@/lib/time';

export interface Closes {
  time: readonly number[];
  close: readonly number[];
}

/** Closes with what a policy bought and sold on them, outside React. */
export class PolicyModel {
  private readonly chart: IChartApi;
  private readonly price: ISeriesApi<'Line'>;
  private readonly markers: ISeriesMarkersPluginApi<Time>;

  constructor(container: HTMLElement, { time, close }: Closes, intraday: boolean) {
    const decimals = priceDecimals(close, close);
    this.chart = createChart(container, {
      ...COMMON_OPTIONS,
      rightPriceScale: { minimumWidth: 56 },
      localization: {
        ...COMMON_OPTIONS.localization,
        timeFormatter: (moment: number) => formatTime(moment, intraday),
      },
      timeScale: { timeVisible: intraday, minBarSpacing: 0.001 },
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    });
    this.price = this.chart.addSeries(LineSeries, {
      ...QUIET,
      lineWidth: 1,
      priceFormat: { type: 'price', precision: decimals, minMove: 10 ** -decimals },
    });
    this.price.priceScale().applyOptions({ scaleMargins: { top: 0.16, bottom: 0.16 } });
    this.price.setData(
      time.map((moment, index) => ({
        time: moment as UTCTimestamp,
        value: close[index] as number,
      })),
    );
    this.markers = createSeriesMarkers(this.price, []);
    this.chart.timeScale().fitContent();
  }

  /** Mark these fills and no others. */
  show(fills: readonly Fill[], theme: Theme): void {
    const palette = PALETTES[theme];
    this.chart.applyOptions(themeOptions(palette));
    this.price.applyOptions({ color: palette.text });
    this.markers.setMarkers(
      fills.map(({ time, side }) =>
        side === 'buy'
          ? {
              time: time as UTCTimestamp,
              position: 'belowBar' as const,
              shape: 'arrowUp' as const,
              color: palette.buy,
            }
          : {
              time: time as UTCTimestamp,
              position: 'aboveBar' as const,
              shape: 'arrowDown' as const,
              color: palette.sell,
            },
      ),
    );
  }

  remove(): void {
    this.chart.remove();
  }
}
