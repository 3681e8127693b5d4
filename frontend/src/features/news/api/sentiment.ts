import { queryOptions } from '@tanstack/react-query';
import { client, unwrap } from '@/api/client';
import type { SentimentHistory } from '@/api/types';
import { whileRefreshing } from './polling';

/** The longest window there is: a daily series in one answer, as its candles come. */
const DAILY_DAYS = 36_500;
/** Minutes of a month are as many candles as decades of days. */
const INTRADAY_DAYS = 30;

/** The news of every candle, whichever window of it is read. */
export function sentimentQuery(symbol: string, intraday: boolean) {
  const days = intraday ? INTRADAY_DAYS : DAILY_DAYS;
  return queryOptions({
    queryKey: ['sentiment', symbol, days],
    staleTime: 60_000,
    refetchInterval: whileRefreshing<SentimentHistory>,
    queryFn: async ({ signal }) =>
      unwrap(
        await client.GET('/api/sentiment/{symbol}', {
          params: { path: { symbol }, query: { days } },
          signal,
        }),
      ),
  });
}
