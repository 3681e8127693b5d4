import type { Frame } from '@/lib/frame';

const HEADER = 'Date,open,high,low,close,volume,signal,quantity,netWorth,balance';
const DAY_SECONDS = 86_400;

/** A number as it is, without the exponent that some readers of CSV refuse. */
function plain(value: number | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}

/**
 * Candles with signal, quantity held after the candle, net worth and cash, under the column names
 * of the original system. Numbers keep every digit, so that importing the file gives the same
 * candles; dates carry a time of day only where one is not midnight UTC.
 */
export function writeCsv(frame: Frame): string {
  const daily = frame.time.every((time) => time % DAY_SECONDS === 0);
  const lines = frame.time.map((time, index) => {
    const iso = new Date(time * 1000).toISOString();
    return [
      daily ? iso.slice(0, 10) : iso.replace('.000Z', 'Z'),
      plain(frame.open[index]),
      plain(frame.high[index]),
      plain(frame.low[index]),
      plain(frame.close[index]),
      plain(frame.volume[index]),
      frame.action[index] ?? '',
      plain(frame.quantity[index]),
      plain(frame.netWorth[index]),
      plain(frame.cash[index]),
    ].join(',');
  });
  return `${[HEADER, ...lines].join('\n')}\n`;
}
