import { expect, test } from 'vitest';
import { formatSpan, formatTime, isIntraday, isoDate, monthsBefore } from './time';

const at = (text: string) => Date.parse(text) / 1000;

test('months are calendar months', () => {
  expect(isoDate(monthsBefore(at('2021-03-15T00:00:00Z'), 1))).toBe('2021-02-15');
  expect(isoDate(monthsBefore(at('2021-03-15T00:00:00Z'), 60))).toBe('2016-03-15');
});

test('a day that the month lacks is clipped to its last', () => {
  expect(isoDate(monthsBefore(at('2021-03-31T00:00:00Z'), 1))).toBe('2021-02-28');
  expect(isoDate(monthsBefore(at('2020-03-31T00:00:00Z'), 1))).toBe('2020-02-29');
});

test('the time of day is shown for intraday candles alone', () => {
  const time = at('2022-01-05T13:45:00Z');
  expect(formatTime(time, false)).toBe('2022-01-05');
  expect(formatTime(time, true)).toBe('2022-01-05 13:45');
  expect(['1m', '4h', '30s'].every(isIntraday)).toBe(true);
  expect(['1d', '1w'].some(isIntraday)).toBe(false);
});

test('a span names both days', () => {
  expect(formatSpan(at('2009-09-01T00:00:00Z'), at('2021-06-30T00:00:00Z'))).toBe(
    '2009-09-01 – 2021-06-30',
  );
});
