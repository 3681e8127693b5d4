import { series, signals } from '@test/fixtures';
import { expect, test } from 'vitest';
import { layOutBands, layOutView } from './overview';

test('segments take their share of the candles', () => {
  const bands = layOutBands(signals().segments, series().candles.time);
  expect(bands.map(({ kind, left, width }) => ({ kind, left, width }))).toEqual([
    { kind: 'seen', left: 0, width: 40 },
    { kind: 'test', left: 40, width: 60 },
  ]);
});

test('a segment without candles is no band', () => {
  expect(layOutBands([{ kind: 'train', start: 1, end: 2 }], [5, 6])).toEqual([]);
});

test('the view is cut to the series', () => {
  expect(layOutView({ from: -50, to: 50 }, 100)).toEqual({ left: 0, width: 50 });
  expect(layOutView({ from: 90, to: 130 }, 100)).toEqual({ left: 90, width: 10 });
});
