import { newsItems } from '@test/news';
import { expect, test } from 'vitest';
import { countLabels, countSources, filterNews, type NewsFilter } from './filter';

const ALL: NewsFilter = { label: undefined, source: undefined, text: '' };
const ids = (filter: Partial<NewsFilter>) =>
  filterNews(newsItems(), { ...ALL, ...filter }).map(({ id }) => id);

test('without a filter all pass, in the same list', () => {
  const items = newsItems();
  expect(filterNews(items, { ...ALL, text: '  ' })).toBe(items);
});

test('headlines without a score are no neutral ones', () => {
  expect(ids({ label: 'neutral' })).toEqual(['two']);
  expect(ids({ label: 'unscored' })).toEqual(['four']);
});

test('all parts of a filter must hold', () => {
  expect(ids({ source: 'Example Wire' })).toEqual(['three', 'two', 'one']);
  expect(ids({ source: 'Example Wire', label: 'negative' })).toEqual(['three']);
  expect(ids({ source: 'Example Post', label: 'negative' })).toEqual([]);
});

test('words are found in any order and case', () => {
  expect(ids({ text: 'anvils RECALLS' })).toEqual(['three']);
  expect(ids({ text: 'acme order' })).toEqual(['one']);
});

test('labels and authors are counted, most headlines first', () => {
  expect(countLabels(newsItems())).toEqual({ positive: 1, neutral: 1, negative: 1, unscored: 1 });
  expect(countSources(newsItems())).toEqual([
    { source: 'Example Wire', count: 3 },
    { source: 'Example Post', count: 1 },
  ]);
});
