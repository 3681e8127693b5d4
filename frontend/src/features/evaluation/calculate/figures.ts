import type { EvaluationReport } from '@/api/types';
import {
  ABSENT,
  formatInteger,
  formatMoney,
  formatPercent,
  formatRatio,
  formatSignedPercent,
  formatSignedRatio,
} from '@/lib/format';
import { seedWord } from './verdict';

export interface Figure {
  name: string;
  value: string;
  beside?: string | undefined;
  meaning: string;
}

/** `0.31 to 0.62`. */
export function formatInterval(
  interval: readonly number[] | null,
  format: (value: number) => string = formatRatio,
): string {
  const [low, high] = interval ?? [];
  return low === undefined || high === undefined ? ABSENT : `${format(low)} to ${format(high)}`;
}

/** Mean of the rows' money from buying and holding; null without rows. */
function meanOfHolding(rows: EvaluationReport['rows']): number | null {
  if (rows.length === 0) return null;
  return rows.reduce((sum, row) => sum + row.buy_and_hold_final_net_worth, 0) / rows.length;
}

/** The numbers to read first, all of them from unseen candles alone. */
export function headlineFigures(report: EvaluationReport): Figure[] {
  const { averages, significance, paired, protocol, rows, passport } = report;
  if (averages === null) return [];
  const held = meanOfHolding(rows);
  const holding: Figure = {
    name: 'Buy and hold Sharpe',
    value: formatRatio(averages.buy_and_hold),
    meaning: 'Mean return per candle over its standard deviation, a year, on the same candles.',
  };
  const { agent } = averages;
  if (agent === null || significance === null) return [holding];
  const { seeds } = significance;
  const alone = protocol === 'agent';
  const figures: Figure[] = [
    {
      name: alone ? 'Agent Sharpe' : 'Agent Sharpe, mean',
      value: formatRatio(agent.sharpe_mean),
      beside: alone || agent.sharpe_std === null ? undefined : `± ${formatRatio(agent.sharpe_std)}`,
      meaning: alone
        ? 'Annualised Sharpe ratio of the agent, its member networks deciding together.'
        : 'Annualised Sharpe ratio, averaged over symbols, then over seeds; ± is the standard deviation over seeds.',
    },
  ];
  if (seeds.seeds > 1) {
    figures.push({
      name: `Worst of ${formatInteger(seeds.seeds)} ${seedWord(protocol, seeds.seeds)}`,
      value: formatRatio(seeds.worst),
      beside: seeds.interval === null ? undefined : `95 % ${formatInterval(seeds.interval)}`,
      meaning: alone
        ? 'Sharpe ratio of the worst member network trading alone; beside it the 95 % interval of their mean.'
        : 'Sharpe ratio of the worst seed; beside it the 95 % interval of the mean over seeds.',
    });
  }
  figures.push(holding);
  if (paired !== null) {
    const { mean_difference, interval } = paired.buy_and_hold;
    figures.push({
      name: 'Difference in Sharpe',
      value: formatSignedRatio(mean_difference),
      beside: `95 % ${formatInterval(interval, formatSignedRatio)}`,
      meaning:
        'Agent less buy and hold, with the interval from a block bootstrap that draws dates jointly over all symbols. Where it spans 0, luck explains the difference.',
    });
  }
  figures.push(
    {
      name: 'Total return',
      value: formatSignedPercent(agent.total_return_mean_fraction),
      beside: held === null ? undefined : `vs ${formatSignedPercent(held / passport.cash - 1)}`,
      meaning: 'Over the test, after costs; beside it buy and hold.',
    },
    {
      name: 'Final net worth',
      value: formatMoney(agent.final_net_worth_mean),
      beside: held === null ? undefined : `vs ${formatMoney(held)}`,
      meaning: `What ${formatMoney(passport.cash)} became over the test; beside it buy and hold.`,
    },
    {
      name: 'Max drawdown',
      value: formatPercent(-Math.abs(agent.max_drawdown_mean_fraction)),
      meaning: 'The deepest fall of net worth from an earlier peak.',
    },
    {
      name: 'Trades',
      value: formatInteger(agent.trades_mean),
      beside: rows.length > 1 ? 'a symbol' : undefined,
      meaning: 'Fills, each buy and each sell counts as one.',
    },
  );
  return figures;
}
