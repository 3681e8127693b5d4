import type { Ablation } from '@/api/types';

type Arm = Ablation['arms'][number]['name'];
type NewsVerdict = Ablation['verdict'];

/** A verdict's word, and a sign that says the same where colours are not told apart. */
export const NEWS_VERDICTS: Record<NewsVerdict, { sign: string; word: string }> = {
  helps: { sign: '▲', word: 'Helps' },
  indistinguishable: { sign: '≈', word: 'Indistinguishable' },
  hurts: { sign: '▼', word: 'Hurts' },
};

export const ARM_NAMES: Record<Arm, string> = {
  with: 'With news',
  without: 'Without news',
  shuffled: 'Shuffled news',
  lagged: 'Lagged news',
};

/** How much news a symbol had, or all of them together. */
export interface NewsRow {
  symbol: string | null;
  train_headlines: number;
  test_headlines: number;
  candles: number;
  candles_with_news: number;
  /** Of the test candles, how many had news; null without a candle. */
  fraction: number | null;
}

const withFraction = (row: Omit<NewsRow, 'fraction'>): NewsRow => ({
  ...row,
  fraction: row.candles === 0 ? null : row.candles_with_news / row.candles,
});

/** One line a symbol, and behind several of them their sum. */
export function newsRows({ news }: Ablation): NewsRow[] {
  const rows = news.map(withFraction);
  if (rows.length < 2) return rows;
  const sum = (count: 'train_headlines' | 'test_headlines' | 'candles' | 'candles_with_news') =>
    rows.reduce((total, row) => total + row[count], 0);
  return [
    ...rows,
    withFraction({
      symbol: null,
      train_headlines: sum('train_headlines'),
      test_headlines: sum('test_headlines'),
      candles: sum('candles'),
      candles_with_news: sum('candles_with_news'),
    }),
  ];
}

/** The differences in the words of the page, each explained by what that agent was given. */
export function newsDifferences({ arms, differences }: Ablation) {
  return differences.map(({ against, difference }) => ({
    name: ARM_NAMES[against],
    meaning: arms.find(({ name }) => name === against)?.description ?? ARM_NAMES[against],
    difference,
  }));
}
