import { series, signals } from '@test/fixtures';
import { expect, test } from 'vitest';
import { buildFrame } from '@/lib/frame';
import { writeCsv } from './csv';

test('columns bear the original’s names and numbers keep every digit', () => {
  const lines = writeCsv(buildFrame(series(), signals())).split('\n');
  expect(lines[0]).toBe('Date,open,high,low,close,volume,signal,quantity,netWorth,balance');
  expect(lines[1]).toBe('2020-01-01,10,11,9,10,1000,buy,0,100000,100000');
  expect(lines[4]).toBe('2020-01-04,12,12,8,9,4000,hold,0,119760.22,119760.22');
  expect(lines).toHaveLength(7);
  expect(lines[6]).toBe('');
});

test('without a run its columns are empty', () => {
  const [, first] = writeCsv(buildFrame(series(), undefined)).split('\n');
  expect(first).toBe('2020-01-01,10,11,9,10,1000,,,,');
});

test('times of day and tiny numbers are written out', () => {
  const { candles } = series();
  const intraday = series({
    candles: {
      ...candles,
      time: [0, 1, 2, 3, 4].map((minute) => 1_600_000_020 + minute * 60),
      volume: [1.5e-7, 0, 0, 0, 0],
    },
  });
  const [, first] = writeCsv(buildFrame(intraday, undefined)).split('\n');
  expect(first).toBe('2020-09-13T12:27:00Z,10,11,9,10,0.00000015,,,,');
});
