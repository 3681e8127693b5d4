import { DAY, START } from '@test/fixtures';
import { expect, test } from 'vitest';
import type { Action, Fill } from '@/api/types';
import { decisionOf, judge, judgeFills, judgeSignals } from './agreement';

const time = [0, 1, 2, 3, 4].map((day) => START + day * DAY);
const action: (Action | null)[] = ['buy', 'hold', 'sell', 'hold', null];
const columns = { count: [2, 1, 3, 0, null], score: [0.4, -0.9, 0.6, null, null] };

function fill(day: number, side: Fill['side']): Fill {
  return { time: START + day * DAY, side, price: 10, quantity: 1, commission: 0, slippage: 0 };
}

test.each([
  ['buy', 2, 0.4, 'agrees'],
  ['sell', 2, 0.4, 'against'],
  ['buy', 2, -0.4, 'against'],
  ['sell', 2, -0.4, 'agrees'],
  ['buy', 2, 0.15, 'neutral'],
  ['sell', 2, -0.15, 'neutral'],
  ['buy', 2, 0.151, 'agrees'],
  ['buy', 0, null, 'none'],
  ['buy', 3, null, 'unscored'],
  ['buy', null, null, null],
] as const)('a %s on %s headlines of mean score %s: %s', (side, count, score, how) => {
  expect(judge(side, count, score)).toBe(how);
});

test('only decisions to buy or sell are held against the news', () => {
  expect(judgeSignals(action, columns)).toEqual(['agrees', null, 'against', null, null]);
});

test('a fill rests on the last decision for its side before it', () => {
  expect(decisionOf(fill(1, 'buy'), time, action)).toBe(0);
  // Moved on over a candle without volume.
  expect(decisionOf(fill(4, 'sell'), time, action)).toBe(2);
});

test('a fill without a decision before it, or beside the candles, rests on none', () => {
  expect(decisionOf(fill(0, 'buy'), time, action)).toBeNull();
  expect(decisionOf(fill(1, 'sell'), time, action)).toBeNull();
  expect(decisionOf(fill(9, 'buy'), time, action)).toBeNull();
});

test('fills are judged by the candle of their decision, not by their own', () => {
  const signals = judgeSignals(action, columns);
  expect(
    judgeFills([fill(1, 'buy'), fill(3, 'sell'), fill(1, 'sell')], time, action, signals),
  ).toEqual(['agrees', 'against', null]);
});
