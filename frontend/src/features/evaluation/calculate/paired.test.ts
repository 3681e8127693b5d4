import { report } from '@test/evaluation';
import { expect, test } from 'vitest';
import type { PairedDifferences } from '@/api/types';
import { BASELINES } from './baselines';
import { formatP, layOutForest } from './paired';

const paired = report().paired as PairedDifferences;
const differences = BASELINES.map((name) => ({ name, meaning: '', difference: paired[name] }));

test('all intervals and 0 lie on the strip', () => {
  const { lines, zero } = layOutForest(differences);
  expect(lines.map(({ name }) => name)).toEqual([...BASELINES]);
  for (const { left, width, point } of lines) {
    expect(left).toBeGreaterThan(0);
    expect(left + width).toBeLessThan(100);
    expect(point).toBeGreaterThan(left);
    expect(point).toBeLessThan(left + width);
  }
  expect(zero).toBeGreaterThan(0);
  expect(zero).toBeLessThan(100);
});

test('an interval takes a side where it leaves 0 out', () => {
  const { lines } = layOutForest(differences);
  expect(lines.map(({ side }) => side)).toEqual([null, 'above', null, 'above', 'below']);
});

test('a small p is not written as 0', () => {
  expect([formatP(0.0004), formatP(0.049), formatP(0.84)]).toEqual(['<0.001', '0.049', '0.84']);
});
