import type { Experiment } from '@/api/types';
import { formatDuration } from '@/lib/duration';
import { ABSENT, formatInteger, formatTenths } from '@/lib/format';
import { hasEnded } from './states';

/**
 * Share that is done, from 0 to 1: of the training steps, or where nothing is trained of the units.
 */
export function progressOf({ state, step, total, units }: Experiment): number {
  if (state === 'done') return 1;
  const [part, whole] = total > 0 ? [step, total] : [units.done, units.total];
  return whole === 0 ? 0 : Math.min(part / whole, 1);
}

/** `4,200` and `of 10,000 steps`, or the units where nothing is trained. */
export function progressFigure(experiment: Experiment): { value: string; beside: string } {
  const { step, total, units, kind, specification } = experiment;
  if (total > 0) {
    return { value: formatInteger(step), beside: `of ${formatInteger(total)} steps` };
  }
  if (kind !== 'evaluate' && specification.budget_seconds !== null && !hasEnded(experiment)) {
    return { value: ABSENT, beside: 'measuring how many steps the time allows' };
  }
  const word = units.total === 1 ? 'unit' : 'units';
  return { value: formatInteger(units.done), beside: `of ${formatInteger(units.total)} ${word}` };
}

/** The same as one sentence, for whoever does not see the bar. */
export function describeProgress(experiment: Experiment): string {
  const { value, beside } = progressFigure(experiment);
  return value === ABSENT ? beside : `${value} ${beside}`;
}

/** The same in short, for a column under that name. */
export function shortProgress({ step, total, units }: Experiment): string {
  return total > 0
    ? `${formatInteger(step)} / ${formatInteger(total)}`
    : `${formatInteger(units.done)} / ${formatInteger(units.total)} units`;
}

/** `1,234 steps/s`; slow ones with a decimal. */
export function formatRate(rate: number | null): string {
  if (rate === null) return ABSENT;
  return `${rate < 10 ? formatTenths(rate) : formatInteger(rate)} steps/s`;
}

export function formatTimeLeft({ state, eta_seconds }: Experiment): string {
  return state !== 'running' || eta_seconds === null ? ABSENT : formatDuration(eta_seconds);
}

/**
 * How long it ran, or has been running; null before it begins.
 *
 * @param now Epoch milliseconds.
 */
export function ranSeconds({ started_at, ended_at }: Experiment, now: number): number | null {
  if (started_at === null) return null;
  const until = ended_at === null ? now : Date.parse(ended_at);
  return Math.max((until - Date.parse(started_at)) / 1000, 0);
}
