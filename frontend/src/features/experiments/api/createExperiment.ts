import { client, unwrap } from '@/api/client';
import type { Experiment, ExperimentBody, ExperimentRequest } from '@/api/types';

/** Queue an experiment; the same again is the earlier one, with `reused` true. */
export async function createExperiment(body: ExperimentRequest): Promise<Experiment> {
  return unwrap(await client.POST('/api/experiments', { body: body as ExperimentBody }));
}
