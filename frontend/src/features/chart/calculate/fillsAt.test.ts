import { DAY, START, signals } from '@test/fixtures';
import { expect, test } from 'vitest';
import { describeFill, groupByTime } from './fillsAt';

test('fills are found by their candle', () => {
  const groups = groupByTime(signals().fills);
  expect(groups.get(START + DAY)?.map((fill) => describeFill(fill, 2))).toEqual([
    'Buy 9,990 @ 10.00',
  ]);
  expect(groups.get(START)).toBeUndefined();
});

test('two fills on one candle are both kept, in their order', () => {
  const [buy, sell] = signals().fills;
  if (buy === undefined || sell === undefined) throw new Error('The fixture has two fills.');
  const groups = groupByTime([buy, { ...sell, time: buy.time }]);
  expect(groups.get(buy.time)?.map(({ side }) => side)).toEqual(['buy', 'sell']);
});
