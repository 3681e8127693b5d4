import { expect, test } from 'vitest';
import { advance, IDLE, pauseOf } from './replay';

const running = advance(IDLE, { type: 'start', at: 10 });

test('the default is a candle each half second', () => {
  expect(pauseOf(IDLE.speed)).toBe(500);
});

test('start plays from its candle', () => {
  expect(running).toEqual({ cursor: 10, playing: true, speed: '1×' });
});

test('steps stay inside the series and stop at its end', () => {
  expect(advance(running, { type: 'step', by: 1, last: 12 })).toMatchObject({
    cursor: 11,
    playing: true,
  });
  expect(advance(running, { type: 'step', by: 5, last: 12 })).toMatchObject({
    cursor: 12,
    playing: false,
  });
  expect(advance(running, { type: 'step', by: -99, last: 12 }).cursor).toBe(0);
});

test('outside a replay nothing plays, steps or seeks', () => {
  for (const event of [
    { type: 'play' },
    { type: 'step', by: 1, last: 9 },
    { type: 'seek', to: 3 },
  ] as const) {
    expect(advance(IDLE, event)).toEqual(IDLE);
  }
});

test('the end of a replay keeps its speed', () => {
  const fast = advance(running, { type: 'speed', speed: '5×' });
  expect(advance(fast, { type: 'stop' })).toEqual({ cursor: null, playing: false, speed: '5×' });
});
