import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client, unwrap } from '@/api/client';
import type { ExperimentBody, ExperimentEstimate, ExperimentRequest } from '@/api/types';

/** What an experiment would take, and what is wrong with it; undefined asks nothing. */
export function estimateQuery(body: ExperimentRequest | undefined) {
  return queryOptions<ExperimentEstimate>({
    queryKey: ['estimate', body],
    enabled: body !== undefined,
    placeholderData: keepPreviousData,
    // Rates are measured while others run, so that an estimate ages.
    staleTime: 30_000,
    queryFn: async ({ signal }): Promise<ExperimentEstimate> =>
      unwrap(
        await client.POST('/api/experiments/estimate', {
          body: body as ExperimentBody,
          signal,
        }),
      ),
  });
}
