import type { KeyboardEvent } from 'react';
import { expect, test } from 'vitest';
import { moveByKey } from './keys';

function press(key: string, shiftKey = false) {
  const moves: [string, number][] = [];
  let prevented = false;
  const event = { key, shiftKey, preventDefault: () => (prevented = true) };
  moveByKey(event as unknown as KeyboardEvent, {
    step: (candles) => moves.push(['step', candles]),
    zoom: (factor) => moves.push(['zoom', factor]),
  });
  return { moves, prevented };
}

test('arrows move by one candle, with Shift by ten', () => {
  expect(press('ArrowLeft').moves).toEqual([['step', -1]]);
  expect(press('ArrowRight').moves).toEqual([['step', 1]]);
  expect(press('ArrowLeft', true).moves).toEqual([['step', -10]]);
  expect(press('ArrowRight', true)).toEqual({ moves: [['step', 10]], prevented: true });
});

test('plus shows fewer candles and minus more', () => {
  expect(press('+').moves[0]?.[1]).toBeLessThan(1);
  expect(press('-').moves[0]?.[1]).toBeGreaterThan(1);
});

test('any other key is left to the page', () => {
  expect(press('Tab')).toEqual({ moves: [], prevented: false });
});
