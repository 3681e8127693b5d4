import { expect, test } from 'vitest';
import { lowerBound, nearestIndex } from './bisect';

test('lower bound is the first that is not below', () => {
  expect([0, 1, 2, 3, 7, 9].map((value) => lowerBound([1, 3, 7], value))).toEqual([
    0, 0, 1, 1, 2, 3,
  ]);
});

test('nearest takes the earlier of two equally near', () => {
  expect(nearestIndex([10, 20, 30], 15)).toBe(0);
  expect(nearestIndex([10, 20, 30], 16)).toBe(1);
  expect(nearestIndex([10, 20, 30], 99)).toBe(2);
  expect(nearestIndex([], 1)).toBe(-1);
});
