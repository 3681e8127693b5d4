import { client, refusalOf } from '@/api/client';

/** Remove an experiment that has ended, with its agents; the answer has no body. */
export async function deleteExperiment(id: string): Promise<void> {
  const { error, response } = await client.DELETE('/api/experiments/{experiment_id}', {
    params: { path: { experiment_id: id } },
  });
  if (!response.ok) throw refusalOf(response, error);
}
