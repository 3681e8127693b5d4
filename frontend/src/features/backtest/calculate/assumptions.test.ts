import { expect, test } from 'vitest';
import { readAssumptions } from './assumptions';

test('numbers within their limits are sent', () => {
  expect(readAssumptions({ cash: 5000, commission_bps: '2.5', slippage_bps: 0 })).toEqual({
    cash: 5000,
    commission_bps: 2.5,
    slippage_bps: 0,
  });
});

test('what is half typed or out of limits stays as it was', () => {
  expect(
    readAssumptions({ cash: 0, commission_bps: '', slippage_bps: 1001, start: '2017-1' }),
  ).toEqual({});
});

test('an emptied date is none', () => {
  expect(readAssumptions({ start: '2012-01-02', end: '' })).toEqual({
    start: '2012-01-02',
    end: undefined,
  });
});
