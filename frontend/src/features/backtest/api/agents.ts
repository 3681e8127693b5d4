import { queryOptions } from '@tanstack/react-query';
import { client, unwrap } from '@/api/client';

/** All agents, the default first. */
export function agentsQuery() {
  return queryOptions({
    queryKey: ['agents'],
    staleTime: 60_000,
    queryFn: async ({ signal }) => unwrap(await client.GET('/api/agents', { signal })).agents,
  });
}
