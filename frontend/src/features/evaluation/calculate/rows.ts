import type { EvaluationReport } from '@/api/types';
import { BASELINES, type Baseline } from './baselines';

/** One line of the table of symbols: Sharpe ratios, null where no agent was evaluated. */
export interface SymbolRow extends Record<Baseline, number> {
  symbol: string;
  agent: number | null;
  deviation: number | null;
  /** Agent less buy and hold. */
  difference: number | null;
  trades: number | null;
  total_return: number | null;
}

type Scores = NonNullable<EvaluationReport['averages']>;

function toRow(symbol: string, scores: Scores): SymbolRow {
  const { agent } = scores;
  const baselines = Object.fromEntries(
    BASELINES.map((baseline) => [baseline, scores[baseline]]),
  ) as Record<Baseline, number>;
  return {
    symbol,
    ...baselines,
    agent: agent?.sharpe_mean ?? null,
    deviation: agent?.sharpe_std ?? null,
    difference: agent === null ? null : agent.sharpe_mean - scores.buy_and_hold,
    trades: agent?.trades_mean ?? null,
    total_return: agent?.total_return_mean_fraction ?? null,
  };
}

export function symbolRows({ rows }: EvaluationReport): SymbolRow[] {
  return rows.map((row) => toRow(row.symbol, row));
}

/** The mean over symbols; null where there is none. */
export function meanRow({ averages }: EvaluationReport): SymbolRow | null {
  return averages === null ? null : toRow('mean', averages);
}

/** `-agent` is the column `agent`, the largest first. */
export function readSort(text: string): { id: string; desc: boolean } {
  return text.startsWith('-') ? { id: text.slice(1), desc: true } : { id: text, desc: false };
}
