import { queryOptions } from '@tanstack/react-query';
import { client, unwrap } from '@/api/client';
import type { News } from '@/api/types';
import { whileRefreshing } from './polling';

interface NewsRequest {
  symbol: string;
  /** Length of the window. */
  days: number;
  /** Its last day, `YYYY-MM-DD`, or moment; left out, the gateway's own choice. */
  as_of: string | undefined;
}

/** Headlines of a window; while another window of the symbol is fetched, the one before stays. */
export function newsQuery({ symbol, days, as_of }: NewsRequest) {
  return queryOptions({
    queryKey: ['news', symbol, days, as_of],
    staleTime: 60_000,
    refetchInterval: whileRefreshing<News>,
    placeholderData: (before: News | undefined) => (before?.symbol === symbol ? before : undefined),
    queryFn: async ({ signal }) =>
      unwrap(
        await client.GET('/api/news/{symbol}', {
          params: { path: { symbol }, query: { days, ...(as_of === undefined ? {} : { as_of }) } },
          signal,
        }),
      ),
  });
}
