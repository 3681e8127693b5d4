import { event, events, validationPoint } from '@test/experiments';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StepSeries } from './StepSeries';
import { TrainingRecord } from './TrainingRecord';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function record(...given: ReturnType<typeof events>) {
  const one = new TrainingRecord();
  for (const each of given) one.take(each);
  vi.runAllTimers();
  return one;
}

test('events come to the curves and the log of their unit', () => {
  const { units, log } = record(...events()).shown.get();
  const unit = units.get(0);
  expect(unit).toMatchObject({ step: 2000, total: 10_000 });
  expect(unit?.losses).toEqual([
    { step: 1000, loss: 0.9 },
    { step: 2000, loss: 0.5 },
  ]);
  expect(unit?.validations.map(({ step, sharpe }) => [step, sharpe])).toEqual([
    [1000, 0.1],
    [2000, 0.45],
  ]);
  expect(log.map(({ text }) => text)).toEqual(['Two steps were kept.']);
});

test('what comes at once is shown at once, and what did not change stays the same', () => {
  const one = new TrainingRecord();
  const heard = vi.fn();
  one.shown.subscribe(heard);
  for (const each of events()) one.take(each);
  expect(heard).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(heard).toHaveBeenCalledTimes(1);
  const before = one.shown.get().units.get(0);
  one.take(event({ id: 8, unit: 1, step: 1, loss: 1 }));
  vi.runAllTimers();
  expect(one.shown.get().units.get(0)).toBe(before);
});

test('a unit that is begun again from a checkpoint takes its steps again', () => {
  const series = new StepSeries<{ step: number; loss: number }>(10);
  for (const step of [1, 2, 3]) series.add({ step, loss: step });
  series.add({ step: 2, loss: 9 });
  expect(series.read()).toEqual([
    { step: 1, loss: 1 },
    { step: 2, loss: 9 },
  ]);
});

test('a long curve is thinned and keeps its ends', () => {
  const series = new StepSeries<{ step: number }>(100);
  for (let step = 1; step <= 10_000; step += 1) series.add({ step });
  const steps = series.read().map((point) => point.step);
  expect(steps.length).toBeLessThanOrEqual(100);
  expect(steps.at(-1)).toBe(10_000);
  expect(steps[0]).toBe(1);
});

test('memory is bounded: units that spoke long ago are let go, the one looked at is not', () => {
  const one = new TrainingRecord(0);
  for (let unit = 0; unit < 200; unit += 1) {
    one.take(
      event({ id: unit + 1, kind: 'validation', unit, step: 1, validation: validationPoint() }),
    );
    one.take(event({ kind: 'log', text: `line ${unit}` }));
    one.take(event({ kind: 'log', text: `line ${unit}` }));
  }
  vi.runAllTimers();
  const { units, dropped, log } = one.shown.get();
  expect(units.size).toBe(40);
  expect(units.has(0)).toBe(true);
  expect(dropped.has(1)).toBe(true);
  expect(dropped.size).toBe(160);
  expect(log).toHaveLength(200);
});
