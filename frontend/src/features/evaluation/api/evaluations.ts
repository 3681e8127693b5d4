import { queryOptions } from '@tanstack/react-query';
import { client, unwrap } from '@/api/client';
import type { EvaluationPassport, EvaluationReport, FillRule } from '@/api/types';

export interface EvaluationRequest {
  symbol: string | undefined;
  /** Undefined: the default agent. */
  agent: string | undefined;
  cash: number;
  commission_bps: number;
  slippage_bps: number;
  fill: FillRule;
}

/** The agent's verdict on all candles of a symbol that it never saw. */
export function evaluationQuery({ symbol, ...query }: EvaluationRequest) {
  return queryOptions<EvaluationReport>({
    queryKey: ['evaluation', symbol, query],
    enabled: symbol !== undefined,
    queryFn: async ({ signal }): Promise<EvaluationReport> =>
      unwrap(
        await client.GET('/api/evaluation/{symbol}', {
          params: { path: { symbol: symbol ?? '' }, query },
          signal,
        }),
      ),
  });
}

/** The reports of protocols that are kept. */
export function evaluationsQuery() {
  return queryOptions({
    queryKey: ['evaluations'],
    staleTime: 60_000,
    queryFn: async ({ signal }) =>
      unwrap(await client.GET('/api/evaluations', { signal })).evaluations,
  });
}

/** One of them, whole. */
export function keptReportQuery(id: string | undefined) {
  return queryOptions<EvaluationReport>({
    queryKey: ['evaluations', id],
    enabled: id !== undefined,
    queryFn: async ({ signal }): Promise<EvaluationReport> =>
      unwrap(
        await client.GET('/api/evaluations/{evaluation_id}', {
          params: { path: { evaluation_id: id ?? '' } },
          signal,
        }),
      ),
  });
}

/** Compute a report anew from its passport; no cache answers. */
export async function runAgain(passport: EvaluationPassport): Promise<EvaluationReport> {
  return unwrap(await client.POST('/api/evaluation/run-again', { body: passport }));
}

/** Where the report of a symbol is downloaded as a page that stands alone. */
export function symbolReportAddress({ symbol, agent, ...terms }: EvaluationRequest): string {
  const query = new URLSearchParams(agent === undefined ? {} : { agent });
  for (const [name, value] of Object.entries(terms)) query.set(name, String(value));
  return `/api/evaluation/${encodeURIComponent(symbol ?? '')}/report.html?${query}`;
}

/** Where a kept report is downloaded as such a page. */
export function keptReportAddress(id: string): string {
  return `/api/evaluations/${encodeURIComponent(id)}/report.html`;
}
