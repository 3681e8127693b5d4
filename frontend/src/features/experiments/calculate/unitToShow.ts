import type { Unit } from '@/api/types';
import type { UnitCurves } from '../model/TrainingRecord';

/**
 * The unit whose curves are drawn: the one asked for, else the best, else the one that runs, else
 * the first that has learned anything.
 */
export function unitToShow(
  asked: number | undefined,
  units: readonly Unit[],
  curves: ReadonlyMap<number, UnitCurves>,
  best: number | null,
): number | undefined {
  if (asked !== undefined) return asked;
  if (best !== null) return best;
  const learns = ({ task }: Unit) => task === 'train' || task === 'fold';
  const running = units.find((unit) => unit.state === 'running' && learns(unit));
  if (running !== undefined) return running.index;
  const drawn = [...curves]
    .filter(([, { losses, validations }]) => losses.length + validations.length > 0)
    .map(([index]) => index);
  return drawn.length > 0 ? Math.min(...drawn) : units.find(learns)?.index;
}
