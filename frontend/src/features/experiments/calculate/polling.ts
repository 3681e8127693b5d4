import type { Experiment } from '@/api/types';
import { hasEnded } from './states';

const BUSY_MS = 2000;
/** Another window, or the command line, may begin one at any time. */
const IDLE_MS = 10_000;

/** How often a list is asked for anew: often only while something in it still changes. */
export function listPause(experiments: readonly Experiment[]): number {
  return experiments.every(hasEnded) ? IDLE_MS : BUSY_MS;
}

/** The same of one experiment; one that has ended is not asked for again. */
export function experimentPause(experiment: Experiment | undefined): number | false {
  return experiment === undefined || hasEnded(experiment) ? false : BUSY_MS;
}
