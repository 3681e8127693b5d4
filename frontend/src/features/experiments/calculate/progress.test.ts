import { doneExperiment, experiment } from '@test/experiments';
import { expect, test } from 'vitest';
import { experimentPause, listPause } from './polling';
import {
  describeProgress,
  formatRate,
  formatTimeLeft,
  progressOf,
  ranSeconds,
  shortProgress,
} from './progress';
import { hasEnded, mayBeStuck, silence } from './states';

const MIDNIGHT = Date.UTC(2026, 0, 1);
const { specification } = experiment();

test('progress counts steps, or units where nothing is trained', () => {
  expect(progressOf(experiment())).toBe(0.5);
  expect(describeProgress(experiment())).toBe('5,000 of 10,000 steps');
  const units = { total: 4, queued: 1, running: 2, done: 1, failed: 0, cancelled: 0 };
  const evaluation = experiment({ kind: 'evaluate', total: 0, units });
  expect(progressOf(evaluation)).toBe(0.25);
  expect(describeProgress(evaluation)).toBe('1 of 4 units');
  expect(shortProgress(evaluation)).toBe('1 / 4 units');
  expect(progressOf(experiment({ total: 0, units: { ...units, total: 0 } }))).toBe(0);
  expect(progressOf(doneExperiment({ total: 0 }))).toBe(1);
});

test('a budget in time is no number of steps before the rate is measured', () => {
  const timed = experiment({
    total: 0,
    specification: { ...specification, steps: null, budget_seconds: 60 },
  });
  expect(describeProgress(timed)).toBe('measuring how many steps the time allows');
});

test('rate and time left are said while it runs', () => {
  expect([formatRate(412.5), formatRate(8.23), formatRate(null)]).toEqual([
    '413 steps/s',
    '8.2 steps/s',
    '–',
  ]);
  expect(formatTimeLeft(experiment())).toBe('2 min 10 s');
  expect(formatTimeLeft(experiment({ state: 'cancelling' }))).toBe('–');
});

test('it ran from its beginning to its end, or runs until now', () => {
  expect(ranSeconds(doneExperiment(), 0)).toBe(300);
  expect(ranSeconds(experiment(), MIDNIGHT + 90_000)).toBe(30);
  expect(ranSeconds(experiment({ started_at: null }), MIDNIGHT)).toBeNull();
});

test('a running experiment that is silent for more than 30 s may be stuck', () => {
  const heard = experiment({ last_seen: '2026-01-01T00:00:00Z' });
  expect(silence(heard, MIDNIGHT + 30_000)).toBe(30);
  expect(mayBeStuck(heard, MIDNIGHT + 30_000)).toBe(false);
  expect(mayBeStuck(heard, MIDNIGHT + 31_000)).toBe(true);
  expect(mayBeStuck({ ...heard, state: 'done' }, MIDNIGHT + 99_000)).toBe(false);
  expect(mayBeStuck({ ...heard, last_seen: null }, MIDNIGHT + 99_000)).toBe(false);
});

test('what still changes is asked for every two seconds, a list that does not every ten', () => {
  expect(listPause([doneExperiment(), experiment()])).toBe(2000);
  expect(listPause([doneExperiment()])).toBe(10_000);
  expect(experimentPause(experiment({ state: 'cancelling' }))).toBe(2000);
  expect(experimentPause(doneExperiment())).toBe(false);
  expect(hasEnded(experiment({ state: 'queued' }))).toBe(false);
});
