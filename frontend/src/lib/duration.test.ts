import { expect, test } from 'vitest';
import { describeAge, formatDuration, secondsSince } from './duration';

test.each([
  [0, 'just now'],
  [59, 'just now'],
  [60, '1 min ago'],
  [3599, '59 min ago'],
  [3600, '1 h ago'],
  [47 * 3600, '47 h ago'],
  [48 * 3600, '2 days ago'],
])('%s seconds are %s', (seconds, words) => {
  expect(describeAge(seconds)).toBe(words);
});

test.each([
  [0.4, '0 s'],
  [59.4, '59 s'],
  [130, '2 min 10 s'],
  [3600, '1 h'],
  [3900, '1 h 5 min'],
  [49 * 3600, '2 days 1 h'],
  [-3, '0 s'],
])('%s seconds last %s', (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words);
});

test('a moment that is still to come is no time ago', () => {
  expect(secondsSince('2020-01-01T00:00:00Z', Date.UTC(2020, 0, 1, 0, 0, 30))).toBe(30);
  expect(secondsSince('2020-01-01T00:00:00Z', Date.UTC(2019, 11, 31))).toBe(0);
});
