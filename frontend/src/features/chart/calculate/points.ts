import type {
  BaselineData,
  CandlestickData,
  HistogramData,
  LineData,
  UTCTimestamp,
  WhitespaceData,
} from 'lightweight-charts';
import type { Frame } from '@/lib/frame';

/** One candle of every series, in the chart's own form. */
export interface Points {
  candle: CandlestickData;
  volume: HistogramData;
  netWorth: LineData | WhitespaceData;
  benchmark: LineData | WhitespaceData;
  drawdown: BaselineData | WhitespaceData;
  benchmarkDrawdown: LineData | WhitespaceData;
}

function valueAt(time: UTCTimestamp, value: number | null | undefined) {
  return value === null || value === undefined ? { time } : { time, value };
}

const percent = (fraction: number | null | undefined) =>
  fraction === null || fraction === undefined ? null : fraction * 100;

/** Points of candle `index`; drawdowns in per cent. */
export function pointsAt(
  frame: Frame,
  index: number,
  colours: { volumeUp: string; volumeDown: string },
): Points {
  const time = frame.time[index] as UTCTimestamp;
  const open = frame.open[index] as number;
  const close = frame.close[index] as number;
  return {
    candle: {
      time,
      open,
      high: frame.high[index] as number,
      low: frame.low[index] as number,
      close,
    },
    volume: {
      time,
      value: frame.volume[index] as number,
      color: close >= open ? colours.volumeUp : colours.volumeDown,
    },
    netWorth: valueAt(time, frame.netWorth[index]),
    benchmark: valueAt(time, frame.benchmark[index]),
    drawdown: valueAt(time, percent(frame.drawdown[index])),
    benchmarkDrawdown: valueAt(time, percent(frame.benchmarkDrawdown[index])),
  };
}
