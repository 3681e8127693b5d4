import type { EvaluationReport } from '@/api/types';
import { formatRatio } from '@/lib/format';

export interface Outcome {
  same: boolean;
  sentence: string;
}

/** First characters of a hash, enough to compare by eye. */
export function shorten(hash: string): string {
  return hash.slice(0, 12);
}

/** Whether a second run gave the numbers of the first one, and if not, what differs. */
export function compareRuns(first: EvaluationReport, second: EvaluationReport): Outcome {
  const before = first.passport;
  const after = second.passport;
  if (before.result_hash === after.result_hash) {
    return { same: true, sentence: 'The same numbers, bit for bit.' };
  }
  const causes = [
    ['the code', before.code_version, after.code_version],
    ['the agent', before.agent_hash, after.agent_hash],
    ['the candles', before.series[0]?.data_hash, after.series[0]?.data_hash],
    ['the packages', JSON.stringify(before.packages), JSON.stringify(after.packages)],
    ['the processor', before.processor, after.processor],
  ]
    .filter(([, one, other]) => one !== other)
    .map(([name]) => name);
  const sharpe = (report: EvaluationReport) =>
    formatRatio(report.averages?.agent?.sharpe_mean ?? null);
  const why =
    causes.length === 0
      ? 'though nothing in the passport has'
      : `and with them ${causes.join(', ')}`;
  return {
    same: false,
    sentence: `Different: the numbers have changed, ${why}. Agent Sharpe ${sharpe(first)} before, ${sharpe(second)} now.`,
  };
}
