/**
 * `2017-12-29`, of epoch seconds UTC as all times here; a daily candle stands at 00:00 UTC of its
 * session date.
 */
export function isoDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** Date for a reader, with the time of day only where the series has one. */
export function formatTime(seconds: number, intraday: boolean): string {
  const iso = new Date(seconds * 1000).toISOString();
  return intraday ? `${iso.slice(0, 10)} ${iso.slice(11, 16)}` : iso.slice(0, 10);
}

/** Whether candles of this interval (`1m`, `4h`, `1d`) need the time of day to be told apart. */
export function isIntraday(interval: string): boolean {
  return /[smh]$/.test(interval);
}

/** The same moment `months` calendar months earlier; the day is clipped to the month's length. */
export function monthsBefore(seconds: number, months: number): number {
  const date = new Date(seconds * 1000);
  const day = date.getUTCDate();
  const moved = new Date(date);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() - months);
  const daysInMonth = new Date(
    Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0),
  ).getUTCDate();
  moved.setUTCDate(Math.min(day, daysInMonth));
  return Math.floor(moved.getTime() / 1000);
}

/** First and last day of a span: `2009-09-01 – 2021-06-30`. */
export function formatSpan(start: number, end: number): string {
  return `${isoDate(start)} – ${isoDate(end)}`;
}
