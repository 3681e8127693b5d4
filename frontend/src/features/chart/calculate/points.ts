import type {
  BaselineData,
  CandlestickData,
  HistogramData,
  LineData,
  UTCTimestamp,
  WhitespaceData,
} from 'lightweight-charts';
import { type Frame, isRising } from '@/lib/frame';

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
  colours: { up: string; down: string; volumeUp: string; volumeDown: string },
): Points {
  const time = frame.time[index] as UTCTimestamp;
  const rising = isRising(frame, index);
  const colour = rising ? colours.up : colours.down;
  return {
    candle: {
      time,
      open: frame.open[index] as number,
      high: frame.high[index] as number,
      low: frame.low[index] as number,
      close: frame.close[index] as number,
      // The chart's own colours go by the body, which lies where opens and closes do not compare.
      ...(frame.comparable ? {} : { color: colour, borderColor: colour, wickColor: colour }),
    },
    volume: {
      time,
      value: frame.volume[index] as number,
      color: rising ? colours.volumeUp : colours.volumeDown,
    },
    netWorth: valueAt(time, frame.netWorth[index]),
    benchmark: valueAt(time, frame.benchmark[index]),
    drawdown: valueAt(time, percent(frame.drawdown[index])),
    benchmarkDrawdown: valueAt(time, percent(frame.benchmarkDrawdown[index])),
  };
}
