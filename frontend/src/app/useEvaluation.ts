import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { describeWaiting, type Problem, problemOf } from '@/api/problem';
import type { EvaluationReport } from '@/api/types';
import {
  evaluationQuery,
  keptReportAddress,
  keptReportQuery,
  symbolReportAddress,
} from '@/features/evaluation/api/evaluations';
import { readAgentStep } from '@/lib/agentStep';
import type { Search } from './search';

export interface Evaluation {
  /**
   * The answer, or else the last good one about the same: a failure takes nothing off the page.
   * Undefined where there is neither.
   */
  report: EvaluationReport | undefined;
  /** What is shown is not (yet) the answer to what the address asks. */
  outdated: boolean;
  /** What is waited for, where a service may be restarting. */
  waiting: string | null;
  problem: Problem | null;
  /** Nothing is asked: a step of a training is not judged on candles that were never seen. */
  withheld: boolean;
  retry: () => void;
  /** Where the report is downloaded as a page that stands alone. */
  address: string;
}

/** The evaluation that the address asks for: a kept report, or else that of the symbol. */
export function useEvaluation(search: Search): Evaluation {
  const { symbol, agent, cash, commission_bps, slippage_bps, fill, report: id } = search;
  const request = { symbol, agent, cash, commission_bps, slippage_bps, fill };
  const withheld = id === undefined && readAgentStep(agent ?? '').step !== null;
  const own = useQuery({
    ...evaluationQuery(request),
    enabled: symbol !== undefined && id === undefined && !withheld,
  });
  const kept = useQuery(keptReportQuery(id));
  const query = id === undefined ? own : kept;
  const subject = id ?? `symbol ${symbol}`;
  const [last, setLast] = useState<{ subject: string; report: EvaluationReport }>();
  if (query.data !== undefined && query.data !== last?.report) {
    setLast({ subject, report: query.data });
  }
  const before = last?.subject === subject ? last.report : undefined;
  const report = withheld ? undefined : (query.data ?? before);
  return {
    report,
    outdated: report !== undefined && (query.isFetching || query.error !== null),
    waiting: describeWaiting(query),
    problem: query.error === null ? null : problemOf(query.error),
    withheld,
    retry: () => void query.refetch(),
    address: id === undefined ? symbolReportAddress(request) : keptReportAddress(id),
  };
}
