import { DAY, START } from '@test/fixtures';
import { news, newsItem, sentiment } from '@test/news';
import { expect, test } from 'vitest';
import { newsOfCandle } from './candle';

test('a candle’s headlines are those that count from it, whenever they were published', () => {
  expect(newsOfCandle(news(), START + 3 * DAY, START + 2 * DAY).map(({ id }) => id)).toEqual([
    'three',
  ]);
  expect(newsOfCandle(news(), START, null)).toEqual([]);
  expect(newsOfCandle(undefined, START, null)).toEqual([]);
});

test('the loudest headline comes first, the one without a score last', () => {
  const items = [
    newsItem({ id: 'none', sentiment: null }),
    newsItem({ id: 'soft', sentiment: sentiment({ score: 0.1 }) }),
    newsItem({ id: 'loud', sentiment: sentiment({ score: -0.9 }) }),
  ];
  expect(newsOfCandle(news({ items }), START + DAY, START).map(({ id }) => id)).toEqual([
    'loud',
    'soft',
    'none',
  ]);
});

test('news of days without a candle belongs to the candle after them', () => {
  const items = [1, 2, 3, 4].map((day) =>
    newsItem({ id: `day ${day}`, counts_from: START + day * DAY }),
  );
  const weekend = newsOfCandle(news({ items }), START + 3 * DAY, START + DAY);
  expect(weekend.map(({ id }) => id)).toEqual(['day 2', 'day 3']);
});
