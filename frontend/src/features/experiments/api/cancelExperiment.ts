import { client, unwrap } from '@/api/client';
import type { Experiment } from '@/api/types';

/** Stop an experiment; one that has ended stays as it is. */
export async function cancelExperiment(id: string): Promise<Experiment> {
  return unwrap(
    await client.POST('/api/experiments/{experiment_id}/cancel', {
      params: { path: { experiment_id: id } },
    }),
  );
}
