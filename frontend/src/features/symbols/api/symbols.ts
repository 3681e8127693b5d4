import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client, unwrap } from '@/api/client';

/** Symbols that match what was typed, and which sources could be asked. */
export function symbolsQuery(query: string) {
  return queryOptions({
    queryKey: ['symbols', query],
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    queryFn: async ({ signal }) =>
      unwrap(await client.GET('/api/symbols', { params: { query: { query } }, signal })),
  });
}
