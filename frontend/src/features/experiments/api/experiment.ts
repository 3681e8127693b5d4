import { queryOptions } from '@tanstack/react-query';
import { client, unwrap } from '@/api/client';
import type { Experiment } from '@/api/types';
import { experimentPause } from '../calculate/polling';

/** One experiment, asked for anew until it has ended. */
export function experimentQuery(id: string | undefined) {
  return queryOptions<Experiment>({
    queryKey: ['experiments', 'one', id],
    enabled: id !== undefined,
    staleTime: 0,
    queryFn: async ({ signal }): Promise<Experiment> =>
      unwrap(
        await client.GET('/api/experiments/{experiment_id}', {
          params: { path: { experiment_id: id ?? '' } },
          signal,
        }),
      ),
    refetchInterval: ({ state: { data } }) => experimentPause(data),
  });
}
