import { ablation } from '@test/evaluation';
import { expect, test } from 'vitest';
import { newsDifferences, newsRows } from './news';

const [ACME, ZULU] = ablation().news;
if (ACME === undefined || ZULU === undefined) throw new Error('The fixture has two symbols.');

test('several symbols are followed by their sum', () => {
  expect(newsRows(ablation())).toEqual([
    { ...ACME, fraction: 0.2 },
    { ...ZULU, fraction: 0 },
    {
      symbol: null,
      train_headlines: 1230,
      test_headlines: 600,
      candles: 1000,
      candles_with_news: 100,
      fraction: 0.1,
    },
  ]);
});

test('one symbol is its own sum, and no candle has no share', () => {
  const alone = ablation({ news: [{ ...ACME, candles: 0, candles_with_news: 0 }] });
  expect(newsRows(alone)).toEqual([{ ...ACME, candles: 0, candles_with_news: 0, fraction: null }]);
});

test('a difference is explained by what the other agent was given', () => {
  expect(newsDifferences(ablation()).map(({ name, meaning }) => [name, meaning])).toEqual([
    ['Without news', 'Candles alone.'],
    ['Shuffled news', 'As many headlines, each with the score of another one.'],
    ['Lagged news', 'The same news, 5 candles late.'],
  ]);
});
