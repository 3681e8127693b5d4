import { DAY, START, series, signals } from '@test/fixtures';
import { expect, test } from 'vitest';
import { buildFrame } from '@/lib/frame';
import { pointsAt } from './points';

const colours = { up: 'teal', down: 'rust', volumeUp: 'green', volumeDown: 'red' };

test('a candle’s points, with drawdowns in per cent', () => {
  const time = START + 3 * DAY;
  expect(pointsAt(buildFrame(series(), signals()), 3, colours)).toMatchObject({
    candle: { time, open: 12, high: 12, low: 8, close: 9 },
    volume: { time, value: 4000, color: 'red' },
    netWorth: { time, value: 119_760.22 },
    benchmarkDrawdown: { time, value: -25 },
  });
});

test('outside the run lines have gaps', () => {
  const { netWorth, drawdown } = pointsAt(buildFrame(series(), undefined), 0, colours);
  expect(netWorth).toEqual({ time: START });
  expect(drawdown).toEqual({ time: START });
});

test('on mixed prices a candle has the colour of its close against the close before', () => {
  const candles = { ...series().candles, open: [90, 90, 90, 8, 90] };
  const frame = buildFrame(series({ price_basis: 'mixed', candles }), undefined);
  const teal = { color: 'teal', borderColor: 'teal', wickColor: 'teal' };
  const rust = { color: 'rust', borderColor: 'rust', wickColor: 'rust' };
  expect(pointsAt(frame, 2, colours)).toMatchObject({ candle: teal, volume: { color: 'green' } });
  expect(pointsAt(frame, 3, colours)).toMatchObject({ candle: rust, volume: { color: 'red' } });
});

test('elsewhere candles are coloured by the chart itself', () => {
  expect(pointsAt(buildFrame(series(), undefined), 3, colours).candle).not.toHaveProperty('color');
});
