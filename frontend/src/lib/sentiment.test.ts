import { DAY, START } from '@test/fixtures';
import { sentimentHistory } from '@test/news';
import { expect, test } from 'vitest';
import { alignSentiment, candleAt, firstCandleFrom, toneOf } from './sentiment';

test('a small mean says neither good nor bad', () => {
  expect([-1, -0.16, -0.15, 0, 0.15, 0.16].map(toneOf)).toEqual([
    'negative',
    'negative',
    'neutral',
    'neutral',
    'neutral',
    'positive',
  ]);
});

test('candles outside the answer are unknown, not without news', () => {
  const time = [-1, 0, 1, 9].map((day) => START + day * DAY);
  expect(alignSentiment(time, sentimentHistory())).toEqual({
    count: [null, 0, 2, null],
    score: [null, null, 0.446, null],
  });
});

test('a candle is found by its exact time alone', () => {
  const time = [START, START + DAY];
  expect(candleAt(time, START + DAY)).toBe(1);
  expect(candleAt(time, START + 1)).toBeNull();
  expect(candleAt(time, START + 2 * DAY)).toBeNull();
});

test('what counts from a day without a candle counts from the next one, if there is one', () => {
  const time = [START, START + 3 * DAY];
  expect(firstCandleFrom(time, START)).toBe(START);
  expect(firstCandleFrom(time, START + DAY)).toBe(START + 3 * DAY);
  expect(firstCandleFrom(time, START + 3 * DAY + 1)).toBeNull();
  expect(firstCandleFrom([], START)).toBeNull();
});
