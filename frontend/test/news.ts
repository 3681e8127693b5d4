import type { ItemSentiment, News, NewsItem, SentimentHistory } from '@/api/types';
import { DAY, START, series } from './fixtures';

const ENGINE = { name: 'lite', version: 'lite-1', reason: 'No weights of FinBERT are at hand.' };

export function sentiment(change: Partial<ItemSentiment> = {}): ItemSentiment {
  return {
    label: 'positive',
    positive: 0.871,
    neutral: 0.1,
    negative: 0.029,
    score: 0.842,
    engine: 'lite',
    engine_version: 'lite-1',
    ...change,
  };
}

/** A headline of 2020-01-02, 14:30, which counts from that day's candle. */
export function newsItem(change: Partial<NewsItem> = {}): NewsItem {
  return {
    id: 'one',
    headline: 'ACME wins its largest order yet',
    provider: 'yahoo',
    source: 'Example Wire',
    url: 'https://news.example/one',
    published_at: '2020-01-02T14:30:00Z',
    precision: 'time',
    counts_from: START + DAY,
    duplicates: 0,
    sentiment: sentiment(),
    ...change,
  };
}

/** Three headlines of two days, one of each label, from two authors; the newest has no score. */
export function newsItems(): NewsItem[] {
  return [
    newsItem({
      id: 'four',
      headline: 'ACME to say more tomorrow',
      source: 'Example Post',
      url: null,
      published_at: '2020-01-04T00:00:00Z',
      precision: 'date',
      counts_from: START + 30 * DAY,
      sentiment: null,
    }),
    newsItem({
      id: 'three',
      headline: 'ACME recalls its anvils',
      published_at: '2020-01-04T09:05:00Z',
      counts_from: START + 3 * DAY,
      duplicates: 2,
      sentiment: sentiment({
        label: 'negative',
        positive: 0.05,
        neutral: 0.15,
        negative: 0.8,
        score: -0.75,
      }),
    }),
    newsItem({
      id: 'two',
      headline: 'ACME holds its annual meeting',
      published_at: '2020-01-02T15:00:00Z',
      sentiment: sentiment({
        label: 'neutral',
        positive: 0.1,
        neutral: 0.85,
        negative: 0.05,
        score: 0.05,
      }),
    }),
    newsItem(),
  ];
}

export function news(change: Partial<News> = {}): News {
  const items = change.items ?? newsItems();
  return {
    symbol: 'ACME',
    as_of: '2020-01-06T00:00:00Z',
    days: 15,
    start: '2019-12-22T00:00:00Z',
    end: '2020-01-06T00:00:00Z',
    refreshing: false,
    refreshed_at: '2020-01-06T00:00:00Z',
    age_seconds: 185,
    sources: [
      {
        provider: 'yahoo',
        name: 'Yahoo Finance',
        available: true,
        reason: null,
        refreshed_at: '2020-01-06T00:00:00Z',
      },
      {
        provider: 'newsapi',
        name: 'NewsAPI',
        available: false,
        reason: 'No key is set.',
        refreshed_at: null,
      },
    ],
    engine: ENGINE,
    engine_reason: null,
    total: items.length,
    truncated: false,
    ...change,
    items,
  };
}

/** One entry a candle of `series`: good news on the second, neutral on the third, bad on the fourth. */
export function sentimentHistory(change: Partial<SentimentHistory> = {}): SentimentHistory {
  return {
    symbol: 'ACME',
    as_of: '2020-01-06T00:00:00Z',
    days: 36_500,
    start: '1920-01-30T00:00:00Z',
    end: '2020-01-06T00:00:00Z',
    refreshing: false,
    engine: ENGINE,
    engine_reason: null,
    daily: {
      time: series().candles.time,
      score: [null, 0.446, 0.02, -0.75, null],
      count: [0, 2, 1, 1, 0],
      positive: [0, 1, 0, 0, 0],
      negative: [0, 0, 0, 1, 0],
      neutral: [0, 1, 1, 0, 0],
    },
    ...change,
  };
}
