import type { Experiment, ExperimentState } from '@/api/types';
import { hasEnded } from './states';

/** What was seen of the experiments when they were last asked for. */
export type Seen = ReadonlyMap<string, ExperimentState>;

/**
 * Experiments that have ended since they were last seen. One that was never seen running, before a
 * reload say, is no news.
 */
export function endingsSince(seen: Seen, experiments: readonly Experiment[]): Experiment[] {
  return experiments.filter((experiment) => {
    const before = seen.get(experiment.id);
    return before !== undefined && !hasEnded({ state: before }) && hasEnded(experiment);
  });
}

/** What has now been seen; one that is no longer among the newest is remembered while it runs. */
export function see(seen: Seen, experiments: readonly Experiment[]): Seen {
  const running = [...seen].filter(([, state]) => !hasEnded({ state }));
  return new Map([...running, ...experiments.map(({ id, state }) => [id, state] as const)]);
}
