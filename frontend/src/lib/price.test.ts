import { expect, test } from 'vitest';
import { priceDecimals } from './price';

const decimals = (...prices: number[]) => priceDecimals(prices, prices);

test('two decimals from ten up, however finely the series is quoted', () => {
  expect(decimals(132.0512345, 10)).toBe(2);
});

test('an exchange rate keeps its steps', () => {
  expect(decimals(1.14253, 1.1425)).toBe(5);
  expect(decimals(1.1425, 1.15)).toBe(4);
  expect(decimals(1.123456789)).toBe(5);
});

test('below ten no more than the series is quoted with', () => {
  expect(decimals(9.12, 8.5)).toBe(2);
});

test('the lower the price the more decimals, eight at the most', () => {
  expect(decimals(0.0123456789)).toBe(6);
  expect(decimals(0.000012345678)).toBe(8);
});

test('the lowest price decides for all', () => {
  expect(decimals(250, 0.4375)).toBe(4);
});

test('no prices have two decimals', () => {
  expect(decimals()).toBe(2);
});
