import { signals } from '@test/fixtures';
import { expect, test } from 'vitest';
import { chooseWorded, type FillMark, markFills } from './markers';

const mark = (index: number, side: FillMark['side']): FillMark => ({
  index,
  time: index,
  side,
  word: side === 'buy' ? 'Buy' : 'Sell',
});
const all = { from: 0, to: 1000 };

test('every fill has a mark at its candle, with its word', () => {
  const { fills, ledger } = signals();
  expect(markFills(fills, ledger.time).map(({ index, word }) => [index, word])).toEqual([
    [1, 'Buy'],
    [3, 'Sell'],
  ]);
});

test('a fill on no candle has no mark', () => {
  const { fills, ledger } = signals();
  expect(markFills(fills, ledger.time.slice(0, 3)).map(({ word }) => word)).toEqual(['Buy']);
});

test('with room all marks have words', () => {
  const marks = [mark(0, 'buy'), mark(10, 'sell'), mark(20, 'buy')];
  expect([...chooseWorded(marks, 5, all)]).toEqual([0, 1, 2]);
});

test('words of one side keep their distance, those of the other side do not count', () => {
  const marks = [mark(0, 'buy'), mark(4, 'sell'), mark(8, 'buy'), mark(9, 'buy')];
  // 44 pixels at 5.5 a candle are 8 candles.
  expect([...chooseWorded(marks, 5.5, all)]).toEqual([0, 1, 2]);
});

test('only marks in view take room', () => {
  const marks = [mark(0, 'buy'), mark(5, 'buy'), mark(40, 'buy')];
  expect([...chooseWorded(marks, 5, { from: 4, to: 20 })]).toEqual([1]);
});
