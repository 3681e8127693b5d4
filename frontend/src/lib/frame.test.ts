import { DAY, START, series, signals } from '@test/fixtures';
import { expect, test } from 'vitest';
import { alignTo, buildFrame, drawdownOf, isRising, tradedWindow } from './frame';

test('drawdown is the fraction below the earlier peak', () => {
  expect(drawdownOf([100, 120, 90, 120, 60])).toEqual([0, 0, -0.25, 0, -0.5]);
});

test('drawdown leaves gaps as gaps and keeps the peak across them', () => {
  expect(drawdownOf([100, null, 50])).toEqual([0, null, -0.5]);
});

test('a column that starts later and skips times is aligned by time', () => {
  expect(alignTo([1, 2, 3, 4], [2, 4, 9], ['a', 'b', 'c'])).toEqual([null, 'a', null, 'b']);
});

test('without a run the columns of the run are empty and as long as the candles', () => {
  const frame = buildFrame(series(), undefined);
  expect(frame.length).toBe(5);
  expect(frame.netWorth).toEqual([null, null, null, null, null]);
  expect(tradedWindow(frame)).toEqual({ from: 0, to: 4 });
});

test('a run of a part of the series fills that part alone', () => {
  const whole = signals();
  const cut = <T>(column: T[]) => column.slice(1, 4);
  const { decisions, ledger } = whole;
  const frame = buildFrame(
    series(),
    signals({
      decisions: {
        time: cut(decisions.time),
        action: cut(decisions.action),
        exposure: cut(decisions.exposure),
        q_sell: cut(decisions.q_sell),
        q_hold: cut(decisions.q_hold),
        q_buy: cut(decisions.q_buy),
      },
      ledger: {
        time: cut(ledger.time),
        cash: cut(ledger.cash),
        quantity: cut(ledger.quantity),
        net_worth: cut(ledger.net_worth),
      },
    }),
  );
  expect(frame.action).toEqual([null, 'hold', 'sell', 'hold', null]);
  expect(frame.quantity).toEqual([null, 9990, 9990, 0, null]);
  expect(tradedWindow(frame)).toEqual({ from: 1, to: 3 });
});

test('candles, ledger and benchmark stand side by side', () => {
  const frame = buildFrame(series(), signals());
  expect(frame.time[3]).toBe(START + 3 * DAY);
  expect(frame.cash[3]).toBe(119_760.22);
  expect(frame.benchmark[3]).toBe(90_000);
  expect(frame.benchmarkDrawdown[3]).toBe(-0.25);
});

test('a candle rises from its open, on mixed prices from the close before', () => {
  const rising = (price_basis: 'raw' | 'mixed') => {
    // Closes 10, 11, 12, 9, 10 are far below these opens, as adjusted ones would be.
    const candles = { ...series().candles, open: [90, 90, 90, 8, 90] };
    const frame = buildFrame(series({ price_basis, candles }), undefined);
    return frame.time.map((_, index) => isRising(frame, index));
  };
  expect(rising('raw')).toEqual([false, false, false, true, false]);
  expect(rising('mixed')).toEqual([true, true, true, false, true]);
});
