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
import { testNumbers } from './testNumbers';
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

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The numbers to read first, all of them from unseen candles alone. */
export function headlineFigures(report: EvaluationReport): Figure[] {
  const { averages, significance, paired, protocol, rows, passport } = report;
  if (averages === null) return [];
  const held = meanOfHolding(rows);
  const heldDepth = testNumbers(report)?.holding.max_drawdown_fraction;
  const holding: Figure = {
    name: 'Buy and hold Sharpe',
    value: formatRatio(averages.buy_and_hold),
    meaning: 'Mean return per candle over its standard deviation, a year, on the same candles.',
  };
  const { agent } = averages;
  if (agent === null || significance === null) return [holding];
  const { seeds } = significance;
  const alone = protocol === 'agent';
  const spread = seeds.seeds > 1;
  const several = rows.length > 1;
  const seed = seedWord(protocol, 1);
  const meanOf = `mean of ${formatInteger(seeds.seeds)} ${seedWord(protocol, seeds.seeds)}`;
  const interval = seeds.interval === null ? undefined : `95 % ${formatInterval(seeds.interval)}`;
  const average = several ? 'averaged over symbols, then over seeds' : 'averaged over seeds';
  const figures: Figure[] = [
    {
      name: alone || !spread ? 'Agent Sharpe' : `Agent Sharpe, ${meanOf}`,
      value: formatRatio(agent.sharpe_mean),
      beside: alone ? undefined : interval,
      meaning: alone
        ? 'Annualised Sharpe ratio of the agent, its member networks deciding together.'
        : `Annualised Sharpe ratio, ${average}; beside it the 95 % interval of that mean.`,
    },
  ];
  if (alone && spread) {
    figures.push({
      name: upperFirst(meanOf),
      value: formatRatio(seeds.mean),
      beside: interval,
      meaning:
        'Mean Sharpe ratio of the member networks, each trading alone; beside it the 95 % interval of that mean.',
    });
  }
  if (spread) {
    figures.push({
      name: `Worst ${seed}`,
      value: formatRatio(seeds.worst),
      beside:
        alone || agent.sharpe_std === null
          ? undefined
          : `± ${formatRatio(agent.sharpe_std)} over seeds`,
      meaning: alone
        ? 'Sharpe ratio of the worst member network, trading alone.'
        : 'Sharpe ratio of the worst seed; ± is the standard deviation over seeds.',
    });
  }
  figures.push(holding);
  if (paired !== null) {
    const { mean_difference, interval } = paired.buy_and_hold;
    figures.push({
      name: 'Difference in Sharpe',
      value: formatSignedRatio(mean_difference),
      beside: `95 % ${formatInterval(interval, formatSignedRatio)}`,
      meaning: `Agent less buy and hold, with the interval from a block bootstrap that draws dates${
        several ? ' jointly over all symbols' : ''
      }. Where it spans 0, luck explains the difference.`,
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
      beside: several
        ? 'mean over symbols'
        : heldDepth === undefined
          ? undefined
          : `vs ${formatPercent(heldDepth)}`,
      meaning: `The deepest fall of net worth from an earlier peak${
        several ? '; of each symbol on its own, then the mean' : '; beside it buy and hold'
      }.`,
    },
    {
      name: 'Trades',
      value: formatInteger(agent.trades_mean),
      beside: several ? 'a symbol' : undefined,
      meaning: 'Fills, each buy and each sell counts as one.',
    },
  );
  return figures;
}
