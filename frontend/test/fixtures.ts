import type { Agent, Ledger, Metrics, Series, Signals, SymbolList } from '@/api/types';

export const DAY = 86_400;
/** 2020-01-01, 00:00 UTC. */
export const START = 1_577_836_800;
const HASH = 'a'.repeat(64);

/** Five daily candles, 2020-01-01 to 2020-01-05, closing at 10, 11, 12, 9, 10. */
export function series(change: Partial<Series> = {}): Series {
  return {
    symbol: 'ACME',
    interval: '1d',
    source: 'simulated',
    currency: null,
    timezone: null,
    price_basis: 'raw',
    data_hash: HASH,
    as_of: '2020-01-06T00:00:00Z',
    candles: {
      time: [0, 1, 2, 3, 4].map((day) => START + day * DAY),
      open: [10, 10, 11, 12, 9],
      high: [11, 12, 13, 12, 11],
      low: [9, 9, 10, 8, 8],
      close: [10, 11, 12, 9, 10],
      volume: [1000, 2000, 3000, 4000, 5000],
    },
    ...change,
  };
}

export function metrics(change: Partial<Metrics> = {}): Metrics {
  return {
    final_net_worth: 119_700,
    total_return_fraction: 0.197,
    annual_return_fraction: 0.12,
    annual_volatility_fraction: 0.2,
    sharpe: 0.71,
    sortino: 1.05,
    calmar: 0.8,
    max_drawdown_fraction: -0.15,
    max_drawdown_candles: 12,
    win_rate_fraction: 0.5,
    profit_factor: 1.3,
    turnover_per_year: 4,
    time_in_market_fraction: 0.6,
    trades: 2,
    commission_paid: 220,
    slippage_paid: 0,
    costs_paid: 220,
    periods_per_year: 252,
    ...change,
  };
}

function ledger(net_worth: number[], cash: number[], quantity: number[]): Ledger {
  return { time: series().candles.time, net_worth, cash, quantity };
}

/** Bought at the second open, sold at the fourth: 100,000 → 100,000 · 12 / 10, less costs. */
export function signals(change: Partial<Signals> = {}): Signals {
  const { time } = series().candles;
  return {
    symbol: 'ACME',
    agent: 'default',
    data_hash: HASH,
    price_basis: 'raw',
    fill_requested: 'next_open',
    fill_used: 'next_open',
    warnings: [],
    decisions: {
      time,
      action: ['buy', 'hold', 'sell', 'hold', 'hold'],
      exposure: [1, 1, 0, 0, 0],
      q_sell: [null, 0, 1, null, null],
      q_hold: [0, 1, 0, 1, 1],
      q_buy: [1, null, null, 0, 0],
    },
    fills: [
      { time: START + DAY, side: 'buy', price: 10, quantity: 9990, commission: 99.9, slippage: 0 },
      {
        time: START + 3 * DAY,
        side: 'sell',
        price: 12,
        quantity: 9990,
        commission: 119.88,
        slippage: 0,
      },
    ],
    ledger: ledger(
      [100_000, 109_890.1, 119_880.1, 119_760.22, 119_760.22],
      [100_000, 0.1, 0.1, 119_760.22, 119_760.22],
      [0, 9990, 9990, 0, 0],
    ),
    metrics: metrics(),
    baselines: {
      buy_and_hold: {
        ledger: ledger(
          [100_000, 110_000, 120_000, 90_000, 100_000],
          [0, 0, 0, 0, 0],
          [10_000, 10_000, 10_000, 10_000, 10_000],
        ),
        metrics: metrics({ final_net_worth: 100_000, total_return_fraction: 0, sharpe: 0.4 }),
      },
    },
    segments: [
      { kind: 'seen', start: START, end: START + DAY },
      { kind: 'test', start: START + 2 * DAY, end: START + 4 * DAY },
    ],
    looks: { lineage: 'default', total: 7, this_window: 2 },
    passport: {
      schema_version: 1,
      agent: 'default',
      agent_hash: HASH,
      data_hash: HASH,
      price_basis: 'raw',
      cash: 100_000,
      commission_bps: 10,
      slippage_bps: 0,
      fill: 'next_open',
      start: START,
      end: START + 4 * DAY,
      code_version: '1.0.0',
    },
    ...change,
  };
}

export function agent(change: Partial<Agent> = {}): Agent {
  return {
    id: 'default',
    name: 'Bellwether default',
    is_default: true,
    reads_news: false,
    sentiment_engine: null,
    created_at: '2026-01-01T00:00:00Z',
    owner_id: 'local',
    schema_version: 1,
    lineage: 'default',
    symbols: ['A', 'B'],
    train: { start: START - 3650 * DAY, end: START - 1000 * DAY },
    validation: { start: START - 999 * DAY, end: START - DAY },
    exposure_ladder: [0, 1],
    feature_count: 18,
    warm_up_candles: 0,
    seed: 0,
    members: 1,
    steps: 8000,
    commission_bps: 10,
    fill: 'next_open',
    code_version: '1.0.0',
    agent_hash: HASH,
    experiment: null,
    kept_steps: [],
    validation_metrics: {},
    ...change,
  };
}

export function symbols(change: Partial<SymbolList> = {}): SymbolList {
  return {
    symbols: [
      {
        symbol: 'SIM-CALM',
        name: 'Simulated: calm market',
        source: 'simulated',
        interval: '1d',
        candles: null,
        start: null,
        end: null,
        price_basis: null,
        currency: null,
      },
      {
        symbol: 'ACME',
        name: 'ACME',
        source: 'upload',
        interval: '1d',
        candles: 5,
        start: START,
        end: START + 4 * DAY,
        price_basis: 'raw',
        currency: null,
      },
    ],
    sources: [
      { source: 'upload', available: true, reason: null },
      { source: 'simulated', available: true, reason: null },
      { source: 'yahoo', available: false, reason: 'Yahoo Finance cannot be reached: no network.' },
    ],
    ...change,
  };
}
