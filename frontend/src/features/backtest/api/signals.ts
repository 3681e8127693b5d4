import { queryOptions } from '@tanstack/react-query';
import { client, unwrap } from '@/api/client';
import type { FillRule, Signals } from '@/api/types';

export interface BacktestRequest {
  symbol: string | undefined;
  /** Undefined: the default agent. */
  agent: string | undefined;
  /** First and last date to trade, `YYYY-MM-DD`; undefined: the whole series. */
  start: string | undefined;
  end: string | undefined;
  cash: number;
  commission_bps: number;
  slippage_bps: number;
  fill: FillRule;
}

/** Decisions, fills and ledger of an agent on a symbol. */
export function signalsQuery({ symbol, ...query }: BacktestRequest) {
  return queryOptions<Signals>({
    queryKey: ['signals', symbol, query],
    enabled: symbol !== undefined,
    queryFn: async ({ signal }): Promise<Signals> =>
      unwrap(
        await client.GET('/api/signals/{symbol}', {
          params: { path: { symbol: symbol ?? '' }, query },
          signal,
        }),
      ),
  });
}
