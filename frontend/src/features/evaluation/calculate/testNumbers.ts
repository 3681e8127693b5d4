import type { EvaluationReport } from '@/api/types';
import { drawdownOf } from '@/lib/frame';

/** Test of one symbol in the numbers of a headline; null where nothing of it was tested. */
export function testNumbers({ rows, curves, passport }: EvaluationReport) {
  const row = rows[0];
  const agent = row?.agent;
  if (row === undefined || agent === undefined || agent === null) return null;
  const held = curves.find(({ symbol }) => symbol === row.symbol)?.buy_and_hold ?? [];
  const depths = drawdownOf([passport.cash, ...held]).map((depth) => depth ?? 0);
  return {
    start: row.start,
    end: row.end,
    cash: passport.cash,
    agent: {
      final_net_worth: agent.final_net_worth_mean,
      total_return_fraction: agent.total_return_mean_fraction,
      sharpe: agent.sharpe_mean,
      max_drawdown_fraction: -Math.abs(agent.max_drawdown_mean_fraction),
    },
    holding: {
      final_net_worth: row.buy_and_hold_final_net_worth,
      total_return_fraction: row.buy_and_hold_final_net_worth / passport.cash - 1,
      sharpe: row.buy_and_hold,
      max_drawdown_fraction: Math.min(...depths),
    },
  };
}
