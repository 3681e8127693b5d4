import { queryOptions } from '@tanstack/react-query';
import { client, unwrap } from '@/api/client';
import type { Experiment, Unit } from '@/api/types';
import { experimentPause } from '../calculate/polling';

/** As many as one answer holds; a larger sweep is read by its best units and its agents. */
const MOST_UNITS = 1000;

export interface UnitList {
  units: Unit[];
  /** Whether there are more than are listed. */
  more: boolean;
}

/**
 * The units of an experiment, in order.
 *
 * @param experiment What they belong to; its state says how long they change.
 */
export function unitsQuery(id: string, experiment: Experiment | undefined) {
  return queryOptions<UnitList>({
    // The state is part of the key, so that the last change of the units is asked for as well.
    queryKey: ['experiments', 'units', id, experiment?.state],
    placeholderData: (before) => before,
    staleTime: 0,
    enabled: experiment !== undefined,
    queryFn: async ({ signal }): Promise<UnitList> =>
      unwrap(
        await client.GET('/api/experiments/{experiment_id}/units', {
          params: { path: { experiment_id: id }, query: { limit: MOST_UNITS } },
          signal,
        }),
      ),
    refetchInterval: experimentPause(experiment),
  });
}
