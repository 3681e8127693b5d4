import { queryOptions } from '@tanstack/react-query';
import { client, unwrap } from '@/api/client';

/** The whole series of a symbol; windows of it are a matter of view, not of asking again. */
export function candlesQuery(symbol: string | undefined) {
  return queryOptions({
    queryKey: ['candles', symbol],
    enabled: symbol !== undefined,
    queryFn: async ({ signal }) =>
      unwrap(
        await client.GET('/api/candles/{symbol}', {
          params: { path: { symbol: symbol ?? '' } },
          signal,
        }),
      ),
  });
}
