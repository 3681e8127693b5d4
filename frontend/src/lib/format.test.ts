import { expect, test } from 'vitest';
import {
  ABSENT,
  formatCompact,
  formatInteger,
  formatMoney,
  formatPercent,
  formatPrice,
  formatRatio,
  formatSignedMoney,
  formatSignedPercent,
} from './format';

test('numbers get separators and the true minus sign', () => {
  expect(formatInteger(1234567)).toBe('1,234,567');
  expect(formatMoney(-1234.5)).toBe('\u22121,235');
  expect(formatMoney(-0)).toBe('0');
});

test('what rounds to zero has no sign', () => {
  expect(formatMoney(-0.4)).toBe('0');
  expect(formatRatio(-0.004)).toBe('0.00');
  expect(formatPercent(-0.0004)).toBe('0.0\u00a0%');
  expect(formatSignedPercent(-0.0004)).toBe('0.0\u00a0%');
  expect(formatSignedPercent(0.0004)).toBe('0.0\u00a0%');
  expect(formatSignedMoney(-0.2)).toBe('0');
  expect(formatSignedMoney(0.2)).toBe('0');
});

test('prices have the decimals of their series', () => {
  expect(formatPrice(9.12345, 4)).toBe('9.1235');
  expect(formatPrice(10, 2)).toBe('10.00');
  expect(formatPrice(0.00001234, 8)).toBe('0.00001234');
  expect(formatPrice(null, 5)).toBe(ABSENT);
});

test('fractions become percentages', () => {
  expect(formatPercent(-0.8637)).toBe('\u221286.4\u00a0%');
  expect(formatSignedPercent(0.197)).toBe('+19.7\u00a0%');
  expect(formatSignedPercent(-0.05)).toBe('\u22125.0\u00a0%');
  expect(formatSignedPercent(0)).toBe('0.0\u00a0%');
  expect(formatSignedMoney(829)).toBe('+829');
});

test('large counts are shortened', () => {
  expect(formatCompact(508_832_326)).toBe('508.83 M');
  expect(formatCompact(1_000)).toBe('1.00 K');
  expect(formatCompact(0)).toBe('0');
});

test('what does not exist is a dash, not zero', () => {
  expect(formatRatio(null)).toBe(ABSENT);
  expect(formatRatio(undefined)).toBe(ABSENT);
  expect(formatRatio(Number.NaN)).toBe(ABSENT);
});
