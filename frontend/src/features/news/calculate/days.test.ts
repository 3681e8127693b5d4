import { newsItem, newsItems, sentiment } from '@test/news';
import { expect, test } from 'vitest';
import { groupByDay, meanScore } from './days';

test('headlines stand under their days, newest day and newest headline first', () => {
  const lines = groupByDay(newsItems()).map((line) =>
    line.kind === 'day' ? `${line.day}: ${line.count}` : line.item.id,
  );
  expect(lines).toEqual(['2020-01-04: 2', 'three', 'four', '2020-01-02: 2', 'two', 'one']);
});

test('a day’s mean is that of its scored headlines', () => {
  const [first] = groupByDay(newsItems());
  expect(first).toMatchObject({ kind: 'day', score: -0.75 });
  expect(meanScore([newsItem({ sentiment: sentiment({ score: 1 }) }), newsItem()])).toBeCloseTo(
    0.921,
  );
});

test('headlines that nobody scored have no mean, which is not zero', () => {
  expect(meanScore([newsItem({ sentiment: null })])).toBeNull();
  expect(meanScore([])).toBeNull();
});
