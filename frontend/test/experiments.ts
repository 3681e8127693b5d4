import type { Experiment, ExperimentEvent, Unit, ValidationPoint } from '@/api/types';
import { DAY, START } from './fixtures';

const HASH = 'c'.repeat(64);

/** A training of one agent on ACME, half done; begun a minute after 2026-01-01. */
export function experiment(change: Partial<Experiment> = {}): Experiment {
  const symbols = change.symbols ?? ['ACME'];
  return {
    id: 'e-1',
    schema_version: 1,
    owner_id: 'local',
    kind: 'train',
    name: 'Train an agent: ACME',
    state: 'running',
    symbols,
    created_at: '2026-01-01T00:00:00Z',
    started_at: '2026-01-01T00:01:00Z',
    ended_at: null,
    specification: {
      series: symbols.map((symbol) => ({
        symbol,
        data_hash: HASH,
        price_basis: 'raw',
        news_hash: null,
      })),
      agent: null,
      start: null,
      end: null,
      seeds: [0],
      steps: 10_000,
      budget_seconds: null,
      config: {
        network: { hidden: [64, 32], dueling: true },
        learning: { learning_rate: 0.001, discount: 0.9 },
        ladder: { rungs: [0, 1] },
        costs: { commission_bps: 10, slippage_bps: 0 },
        fill: 'next_open',
        members: 1,
      },
      grid: null,
    },
    code_version: '1.0.0',
    units: { total: 1, queued: 0, running: 1, done: 0, failed: 0, cancelled: 0 },
    step: 5000,
    total: 10_000,
    steps_per_second: 412.5,
    eta_seconds: 130,
    last_seen: new Date().toISOString(),
    metrics: { sharpe: 0.42, buy_and_hold_sharpe: 0.37 },
    result: null,
    reason: null,
    reused: false,
    ...change,
  };
}

/** The same, done: one agent, and an evaluation of it. */
export function doneExperiment(change: Partial<Experiment> = {}): Experiment {
  return experiment({
    state: 'done',
    step: 10_000,
    ended_at: '2026-01-01T00:06:00Z',
    units: { total: 1, queued: 0, running: 0, done: 1, failed: 0, cancelled: 0 },
    steps_per_second: null,
    eta_seconds: null,
    result: { agents: ['acme-0'], best_unit: 0, evaluation: 'acme-holdout', result_hash: HASH },
    ...change,
  });
}

export function unit(change: Partial<Unit> = {}): Unit {
  return {
    index: 0,
    task: 'train',
    seed: 0,
    fold: null,
    point: {},
    state: 'running',
    step: 5000,
    total: 10_000,
    attempts: 1,
    started_at: '2026-01-01T00:01:00Z',
    ended_at: null,
    agent: null,
    metrics: { sharpe: 0.42, buy_and_hold_sharpe: 0.37, total_return_fraction: 0.1, trades: 12 },
    reason: null,
    ...change,
  };
}

/** Three candles of the validation window, a quarter of them out of the market. */
export function validationPoint(change: Partial<ValidationPoint> = {}): ValidationPoint {
  return {
    sharpe: 0.4,
    buy_and_hold_sharpe: 0.37,
    total_return_fraction: 0.1,
    exposures: [0, 1],
    exposure_fractions: [0.25, 0.75],
    time: [START, START + DAY, START + 2 * DAY],
    net_worth: [100, 104, 110],
    buy_and_hold_net_worth: [100, 101, 105],
    ...change,
  };
}

export function event(change: Partial<ExperimentEvent> = {}): ExperimentEvent {
  return {
    id: 1,
    at: '2026-01-01T00:02:03Z',
    kind: 'progress',
    unit: null,
    state: null,
    text: null,
    step: null,
    total: null,
    loss: null,
    steps_per_second: null,
    validation: null,
    ...change,
  };
}

/** What unit 0 says up to step 2000: begun, twice a loss, twice validated, a line of its log. */
export function events(): ExperimentEvent[] {
  const progress = (id: number, step: number, loss: number) =>
    event({ id, unit: 0, step, total: 10_000, loss });
  const validation = (id: number, step: number, change: Partial<ValidationPoint>) =>
    event({ id, unit: 0, kind: 'validation', step, validation: validationPoint(change) });
  return [
    event({ id: 1, kind: 'state', state: 'running' }),
    event({ id: 2, kind: 'unit', unit: 0, state: 'running' }),
    progress(3, 1000, 0.9),
    validation(4, 1000, { sharpe: 0.1, net_worth: [100, 99, 98], exposure_fractions: [0.5, 0.5] }),
    progress(5, 2000, 0.5),
    validation(6, 2000, { sharpe: 0.45 }),
    event({ id: 7, kind: 'log', unit: 0, text: 'Two steps were kept.' }),
  ];
}
