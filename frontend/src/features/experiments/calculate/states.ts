import type { Experiment, ExperimentKind, ExperimentState, Unit } from '@/api/types';

/** A state's word, and a sign that says the same where colours are not told apart. */
export const STATE_WORDS: Record<ExperimentState, { sign: string; word: string }> = {
  queued: { sign: '…', word: 'Queued' },
  running: { sign: '▶', word: 'Running' },
  cancelling: { sign: '■', word: 'Cancelling' },
  cancelled: { sign: '■', word: 'Cancelled' },
  failed: { sign: '✕', word: 'Failed' },
  done: { sign: '✓', word: 'Done' },
};
export const STATES = Object.keys(STATE_WORDS) as ExperimentState[];

export const KIND_WORDS: Record<ExperimentKind, string> = {
  train: 'Train an agent',
  sweep: 'Sweep',
  'walk-forward': 'Walk-forward',
  evaluate: 'Evaluate an agent',
};
export const KINDS = Object.keys(KIND_WORDS) as ExperimentKind[];

export const TASK_WORDS: Record<Unit['task'], string> = {
  calibrate: 'Measure the rate',
  train: 'Train',
  fold: 'Train a fold',
  decide: 'Decide',
  assess: 'Assess',
};

/** Whether nothing more will happen. */
export function hasEnded({ state }: Pick<Experiment, 'state'>): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

/** A unit reports every few seconds; one that has been silent for so long may be stuck. */
const SILENT_SECONDS = 30;

/**
 * Seconds since a unit of a running experiment gave a sign of life; null where none is awaited.
 *
 * @param now Epoch milliseconds.
 */
export function silence(experiment: Experiment, now: number): number | null {
  const { state, last_seen } = experiment;
  if (state !== 'running' || last_seen === null) return null;
  return Math.max((now - Date.parse(last_seen)) / 1000, 0);
}

export function mayBeStuck(experiment: Experiment, now: number): boolean {
  return (silence(experiment, now) ?? 0) > SILENT_SECONDS;
}
