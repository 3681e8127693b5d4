import { DAY, series, signals } from '@test/fixtures';
import { expect, test } from 'vitest';
import { buildFrame } from '@/lib/frame';
import { rangeIndices, replayStart } from './range';

const start = Date.UTC(2020, 0, 1) / 1000;
const daily = Array.from({ length: 800 }, (_, day) => start + day * DAY);

test('a range ends at the last candle traded and goes back by the calendar', () => {
  // Index 366 is 2021-01-01; a month earlier is 2020-12-01, index 335.
  expect(rangeIndices(daily, '1M', 366)).toEqual({ from: 335, to: 366 });
  expect(rangeIndices(daily, '1Y', 366)).toEqual({ from: 0, to: 366 });
});

test('All is the whole series, and too long a range as much as there is', () => {
  expect(rangeIndices(daily, 'All', 366)).toEqual({ from: 0, to: 799 });
  expect(rangeIndices(daily, '5Y', 799)).toEqual({ from: 0, to: 799 });
});

test('few candles are still a picture', () => {
  const yearly = [0, 1, 2, 3, 4, 5, 6, 7].map((year) => start + year * 365 * DAY);
  expect(rangeIndices(yearly, '1M', 7)).toEqual({ from: 2, to: 7 });
});

test('no candles are no range', () => {
  expect(rangeIndices([], '1Y', 0)).toEqual({ from: 0, to: 0 });
});

test('a replay begins inside the range and what was traded', () => {
  const frame = buildFrame(series(), signals());
  expect(replayStart(frame, 'All')).toBe(0);
  expect(replayStart(frame, '1M')).toBe(1);
});
