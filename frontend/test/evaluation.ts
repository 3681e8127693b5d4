import type {
  Ablation,
  EvaluationCurve,
  EvaluationReport,
  EvaluationRow,
  EvaluationSummary,
  StressPoint,
} from '@/api/types';
import { DAY, START } from './fixtures';

const HASH = 'b'.repeat(64);
const CASH = 100_000;
const CANDLES = 4;

type Score = NonNullable<EvaluationRow['agent']>;

function score(change: Partial<Score> = {}): Score {
  return {
    sharpe_mean: 0.52,
    sharpe_std: 0.08,
    sharpe_seeds: [0.44, 0.52, 0.6],
    final_net_worth_mean: 112_400,
    trades_mean: 31.2,
    total_return_mean_fraction: 0.124,
    max_drawdown_mean_fraction: 0.11,
    time_in_market_mean_fraction: 0.6,
    ...change,
  };
}

const BASELINE_SHARPES = {
  buy_and_hold: 0.47,
  sell_and_hold: -0.47,
  trend_following: 0.1,
  mean_reversion: -0.2,
  random: 0.25,
};

function row(symbol: string, change: Partial<EvaluationRow> = {}): EvaluationRow {
  return {
    symbol,
    start: START + 2 * DAY,
    end: START + (1 + CANDLES) * DAY,
    candles: CANDLES,
    ...BASELINE_SHARPES,
    agent: score(),
    buy_and_hold_final_net_worth: 117_100,
    trend_following_windows: [5, 21],
    mean_reversion_windows: [3, 29],
    ...change,
  };
}

/** Four test candles after two of history; each line ends 1,000 apart from the next. */
function curve(symbol: string | null, change: Partial<EvaluationCurve> = {}): EvaluationCurve {
  const line = (last: number) =>
    Array.from({ length: CANDLES }, (_, index) => CASH + ((last - CASH) * index) / (CANDLES - 1));
  return {
    symbol,
    time: Array.from({ length: CANDLES }, (_, index) => START + (2 + index) * DAY),
    close: symbol === null ? null : [12, 9, 10, 11],
    agent: null,
    median: line(112_000),
    low: line(106_000),
    high: line(118_000),
    worst: line(101_000),
    buy_and_hold: line(117_000),
    sell_and_hold: line(83_000),
    trend_following: line(104_000),
    mean_reversion: line(96_000),
    random: line(105_000),
    history: symbol === null ? null : { time: [START, START + DAY], close: [10, 11] },
    ...change,
  };
}

const difference = (mean_difference: number, p: number) => ({
  mean_difference,
  interval: [mean_difference - 0.5, mean_difference + 0.5],
  p,
  standard_error: 0.25,
  block_length: 6,
  draws: 10_000,
  dates: 503,
});

function stress(slope: number): StressPoint[] {
  return [0, 5, 10, 20, 50].map((bps) => ({
    bps,
    total_return_fraction: 0.124 - slope * bps,
    sharpe: 0.52 - 4 * slope * bps,
    buy_and_hold_total_return_fraction: 0.171 - 0.0001 * bps,
    buy_and_hold_sharpe: 0.47 - 0.0002 * bps,
  }));
}

/** Two symbols and three seeds, which cannot be told from buy and hold; one alarm is raised. */
export function report(change: Partial<EvaluationReport> = {}): EvaluationReport {
  return {
    schema_version: 1,
    protocol: 'tdqn',
    title: 'TDQN protocol',
    verdict: 'indistinguishable',
    sentence: 'Over 503 test dates the agent cannot be told from buying and holding.',
    warnings: ['Survivorship: the symbols are those that still exist.'],
    segments: [
      { kind: 'train', start: START, end: START },
      { kind: 'validation', start: START + DAY, end: START + DAY },
      { kind: 'test', start: START + 2 * DAY, end: START + 5 * DAY },
    ],
    rows: [
      row('ACME'),
      row('ZULU', { buy_and_hold: 0.9, agent: score({ sharpe_mean: 0.3, trades_mean: 12 }) }),
    ],
    averages: { ...BASELINE_SHARPES, agent: score() },
    paired: {
      buy_and_hold: difference(0.05, 0.84),
      sell_and_hold: difference(0.99, 0.0004),
      trend_following: difference(0.42, 0.09),
      mean_reversion: difference(0.72, 0.004),
      random: difference(-0.8, 0.002),
    },
    significance: {
      seeds: {
        seeds: 3,
        mean: 0.52,
        std: 0.08,
        interval: [0.32, 0.72],
        worst: 0.44,
        median: 0.52,
        best: 0.6,
      },
      sharpe: 0.7,
      probabilistic_sharpe: 0.87,
      deflated_sharpe: 0.41,
      expected_best_sharpe: 0.74,
      minimum_track_record_candles: 1120.4,
      track_record_candles: 503,
    },
    alarms: [
      {
        kind: 'costs',
        raised: true,
        value: 0.48,
        limit: 1 / 3,
        sentence: 'Costs ate 48 % of the gross profit.',
      },
      {
        kind: 'few_trades',
        raised: false,
        value: 74,
        limit: 30,
        sentence: '74 trades are enough to judge.',
      },
    ],
    cost_stress: {
      commission: stress(0.004),
      slippage: stress(0.003),
      break_even_commission_bps: 31,
      break_even_against_buy_and_hold_bps: null,
    },
    regimes: [
      {
        kind: 'bull',
        candles: 4,
        candles_fraction: 0.5,
        total_return_fraction: 0.21,
        sharpe: 1.3,
        buy_and_hold_total_return_fraction: 0.34,
        buy_and_hold_sharpe: 1.9,
      },
      {
        kind: 'sideways',
        candles: 4,
        candles_fraction: 0.5,
        total_return_fraction: null,
        sharpe: null,
        buy_and_hold_total_return_fraction: 0.01,
        buy_and_hold_sharpe: 0.1,
      },
    ],
    calendar: [
      {
        year: 2020,
        month: null,
        total_return_fraction: 0.124,
        buy_and_hold_total_return_fraction: 0.171,
      },
      {
        year: 2020,
        month: 1,
        total_return_fraction: 0.05,
        buy_and_hold_total_return_fraction: 0.02,
      },
      {
        year: 2020,
        month: 2,
        total_return_fraction: -0.01,
        buy_and_hold_total_return_fraction: 0.03,
      },
    ],
    attribution: {
      long_fraction: 0.55,
      flat_fraction: 0.4,
      short_fraction: 0.05,
      profit: 74_400,
      profit_without_best: 64_600,
      best: [
        {
          symbol: 'ACME',
          seed: 1,
          side: 'long',
          start: START + 2 * DAY,
          end: START + 4 * DAY,
          profit: 9800,
          profit_fraction: 0.13,
        },
      ],
    },
    curves: [curve(null), curve('ACME'), curve('ZULU')],
    looks: { lineage: 'tdqn', total: 3, this_window: 1 },
    configurations: { count: 24, sharpe_variance: 0.04 },
    passport: {
      schema_version: 1,
      protocol: 'tdqn',
      agent: null,
      agent_hash: null,
      may_trade: 'long and flat',
      series: ['ACME', 'ZULU'].map((symbol) => ({
        symbol,
        data_hash: HASH,
        candles: 6,
        price_basis: 'raw',
      })),
      seeds: [0, 1, 2],
      members: 1,
      steps: 4000,
      config: { ladder: [0, 1] },
      cash: CASH,
      commission_bps: 10,
      slippage_bps: 0,
      fill: 'next_close',
      draws: 10_000,
      bootstrap_seed: 0,
      code_version: '1.0.0',
      packages: { numpy: '2.4.6' },
      processor: 'x86_64',
      command: 'bellwether evaluate --protocol tdqn --data DIR --seeds 3',
      result_hash: HASH,
    },
    ...change,
  };
}

/** The default agent on one symbol, with three member networks. */
export function symbolReport(change: Partial<EvaluationReport> = {}): EvaluationReport {
  const whole = report();
  return {
    ...whole,
    protocol: 'agent',
    title: 'default on ACME',
    rows: [row('ACME')],
    curves: [
      curve(null, { agent: [100_000, 104_000, 108_000, 112_400] }),
      curve('ACME', { agent: [100_000, 104_000, 108_000, 112_400] }),
    ],
    passport: {
      ...whole.passport,
      protocol: 'agent',
      agent: 'default',
      agent_hash: HASH,
      series: whole.passport.series.slice(0, 1),
      seeds: [],
      members: 3,
      fill: 'next_open',
      command: null,
    },
    ...change,
  };
}

/** The agent has seen every candle of the symbol. */
export function nothingUnseen(): EvaluationReport {
  return symbolReport({
    verdict: null,
    sentence: 'No verdict: the agent has seen every candle of this series.',
    segments: [{ kind: 'train', start: START, end: START + 5 * DAY }],
    rows: [],
    averages: null,
    paired: null,
    significance: null,
    alarms: [],
    cost_stress: null,
    regimes: [],
    calendar: [],
    attribution: null,
    curves: [],
  });
}

/** News of two symbols that helps, though no more than news that is late. */
export function ablation(change: Partial<Ablation> = {}): Ablation {
  const arm = (
    name: Ablation['arms'][number]['name'],
    description: string,
    sharpe_mean: number,
  ): Ablation['arms'][number] => ({
    name,
    description,
    sharpe_mean,
    sharpe_std: 0.08,
    sharpe_seeds: [sharpe_mean],
    total_return_fraction: sharpe_mean / 4,
    trades_mean: 41.3,
  });
  const count = (symbol: string, train_headlines: number, candles_with_news: number) => ({
    symbol,
    headlines: train_headlines + 310,
    train_headlines,
    test_headlines: 300,
    candles: 500,
    candles_with_news,
  });
  return {
    feature: 'sentiment',
    verdict: 'helps',
    sentence: 'The news makes the agent better: with it the Sharpe ratio was 0.80 higher.',
    arms: [
      arm('with', 'The news as it was known at each candle.', 0.6),
      arm('without', 'Candles alone.', -0.2),
      arm('shuffled', 'As many headlines, each with the score of another one.', 0),
      arm('lagged', 'The same news, 5 candles late.', 0.7),
    ],
    differences: [
      { against: 'without', difference: difference(0.8, 0.002) },
      { against: 'shuffled', difference: difference(0.6, 0.02) },
      { against: 'lagged', difference: difference(-0.1, 0.7) },
    ],
    lag_candles: 5,
    news: [count('ACME', 1200, 100), count('ZULU', 30, 0)],
    engine: 'lite',
    engine_version: 'lite-1',
    news_hash: HASH,
    ...change,
  };
}

export function summary(change: Partial<EvaluationSummary> = {}): EvaluationSummary {
  const { protocol, title, verdict, sentence } = report();
  return {
    id: 'tdqn',
    protocol,
    title,
    verdict,
    sentence,
    symbols: ['ACME', 'ZULU'],
    seeds: 3,
    start: START + 2 * DAY,
    end: START + 5 * DAY,
    ...change,
  };
}
