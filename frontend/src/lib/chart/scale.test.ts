import { expect, test } from 'vitest';
import { scaleOver } from './scale';

const rounded = (ticks: readonly number[]) => ticks.map((tick) => Math.round(tick * 1e6) / 1e6 + 0);

test('a scale has 0 on it and whole steps around the values', () => {
  const { at, ticks } = scaleOver([0.03, 0.171], 100, 0);
  expect(rounded(ticks)).toEqual([0, 0.05, 0.1, 0.15, 0.2]);
  expect([at(0), at(0.2)]).toEqual([100, 0]);
  expect(rounded(scaleOver([-0.31, -0.02], 0, 1).ticks)).toEqual([-0.4, -0.3, -0.2, -0.1, 0]);
});

test('a scale without 0 lies close around the values', () => {
  const { ticks } = scaleOver([96, 104], 100, 0, []);
  expect([ticks[0], ticks.at(-1)]).toEqual([96, 104]);
  expect(scaleOver([96, 104], 100, 0, [100]).ticks).toContain(100);
});

test('one value, or none, still has a scale', () => {
  expect(scaleOver([0, 0], 0, 1).ticks.length).toBeGreaterThan(1);
  expect(scaleOver([7], 0, 1, []).ticks.length).toBeGreaterThan(1);
  expect(scaleOver([], 0, 1, []).ticks.length).toBeGreaterThan(1);
});
