import { news, newsItem } from '@test/news';
import { expect, test } from 'vitest';
import type { NewsSource } from '@/api/types';
import { describeDay, describeMoment, describeSource } from './words';

test('of a date no time of day is claimed', () => {
  expect(describeMoment(newsItem())).toBe('14:30');
  expect(describeMoment(newsItem({ precision: 'date' }))).toBe('date only');
});

test('a day has its weekday', () => {
  expect(describeDay('2020-01-02')).toBe('Thu 2020-01-02');
});

test('a source says what it answered last, and why it does not answer now', () => {
  const [source] = news().sources as [NewsSource];
  const now = Date.parse('2020-01-06T00:05:00Z');
  expect(describeSource(source, now)).toBe('answered 5 min ago.');
  expect(describeSource({ ...source, refreshed_at: null }, now)).toBe('not asked yet.');
  const silent = { ...source, available: false, reason: 'It answered with HTML.' };
  expect(describeSource(silent, now)).toBe('It answered with HTML. Last answered 5 min ago.');
  expect(describeSource({ ...silent, refreshed_at: null }, now)).toBe('It answered with HTML.');
  expect(describeSource({ ...source, provider: 'upload' }, now)).toBe('headlines from files.');
});
