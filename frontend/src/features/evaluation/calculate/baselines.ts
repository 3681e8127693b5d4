/** What an agent is compared with, in the order of every table. */
export const BASELINES = [
  'buy_and_hold',
  'sell_and_hold',
  'trend_following',
  'mean_reversion',
  'random',
] as const;
export type Baseline = (typeof BASELINES)[number];

export const BASELINE_WORDS: Record<Baseline, { name: string; short: string; meaning: string }> = {
  buy_and_hold: {
    name: 'Buy and hold',
    short: 'B&H',
    meaning: 'All the cash in shares at the first candle, and never touched again.',
  },
  sell_and_hold: {
    name: 'Sell and hold',
    short: 'S&H',
    meaning: 'Sold short at the first candle, and never touched again but by the margin rule.',
  },
  trend_following: {
    name: 'Trend following',
    short: 'Trend',
    meaning:
      'Long while the short moving average is at or above the long one, else short; the window lengths were best on the training candles.',
  },
  mean_reversion: {
    name: 'Mean reversion',
    short: 'Reversion',
    meaning:
      'Long while the short moving average is at or below the long one, else short; the window lengths were best on the training candles.',
  },
  random: {
    name: 'Random',
    short: 'Random',
    meaning: 'As many trades as the agent, held as long, at random times.',
  },
};

const NONE = 'none';

/** Baselines named in an address, in their own order; names that nobody knows are left out. */
export function readBaselines(text: string): readonly Baseline[] {
  const named = text.split(',');
  return BASELINES.filter((baseline) => named.includes(baseline));
}

/** How an address names these baselines. */
export function writeBaselines(baselines: readonly Baseline[]): string {
  return BASELINES.filter((baseline) => baselines.includes(baseline)).join(',') || NONE;
}
