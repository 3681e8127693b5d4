import { DAY, START } from '@test/fixtures';
import { news, newsItem, sentiment } from '@test/news';
import { expect, test } from 'vitest';
import { newsOfCandle } from './candle';

test('a candle’s headlines are those that count from it, whenever they were published', () => {
  expect(newsOfCandle(news(), START + 3 * DAY).map(({ id }) => id)).toEqual(['three']);
  expect(newsOfCandle(news(), START)).toEqual([]);
  expect(newsOfCandle(undefined, START)).toEqual([]);
});

test('the loudest headline comes first, the one without a score last', () => {
  const items = [
    newsItem({ id: 'none', sentiment: null }),
    newsItem({ id: 'soft', sentiment: sentiment({ score: 0.1 }) }),
    newsItem({ id: 'loud', sentiment: sentiment({ score: -0.9 }) }),
  ];
  expect(newsOfCandle(news({ items }), START + DAY).map(({ id }) => id)).toEqual([
    'loud',
    'soft',
    'none',
  ]);
});
