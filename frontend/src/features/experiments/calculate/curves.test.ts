import { unit, validationPoint } from '@test/experiments';
import { agent } from '@test/fixtures';
import { expect, test } from 'vitest';
import {
  exposureMix,
  lossAt,
  nearestStep,
  reach,
  rungColour,
  stepTicks,
  validationAt,
} from './curves';
import { stopsOf } from './keptSteps';
import { unitToShow } from './unitToShow';

const at = (step: number) => ({ ...validationPoint(), step });
const validations = [at(1000), at(2000), at(4000)];

test('the validation that is looked at is the nearest to the step asked for, else the latest', () => {
  expect(validationAt(validations, 2900)?.step).toBe(2000);
  expect(validationAt(validations, 3100)?.step).toBe(4000);
  expect(validationAt(validations, undefined)?.step).toBe(4000);
  expect(validationAt([], 5)).toBeUndefined();
  expect(nearestStep([], 5)).toBeNull();
});

test('the loss at a step is the last one that was reported', () => {
  const losses = [
    { step: 100, loss: 3 },
    { step: 200, loss: 2 },
  ];
  expect(lossAt(losses, 150)).toBe(3);
  expect(lossAt(losses, 50)).toBe(3);
  expect(lossAt(losses, null)).toBe(2);
  expect(lossAt([], null)).toBeNull();
});

test('a plot reaches over the steps that are still to come', () => {
  const losses = [{ step: 300, loss: 1 }];
  expect(reach({ step: 300, total: 1000, losses, validations: [] })).toBe(1000);
  expect(reach({ step: 300, total: 0, losses, validations: [] })).toBe(300);
  expect(stepTicks(10_000)).toEqual([0, 5000, 10_000]);
  expect(stepTicks(900)).toEqual([0, 500]);
  expect(stepTicks(1)).toEqual([0, 1]);
});

test('the exposures of each validation are stacked from the lowest rung up', () => {
  const [first, second] = exposureMix(validations);
  expect(first).toEqual({
    from: 0,
    to: 1000,
    rungs: [
      { exposure: 0, low: 0, high: 0.25 },
      { exposure: 1, low: 0.25, high: 1 },
    ],
  });
  expect(second).toMatchObject({ from: 1000, to: 2000 });
});

test('a rung is told by its colour: nothing held, more held, short', () => {
  expect(rungColour(0)).toBe('var(--bw-border)');
  expect(rungColour(1)).toContain('--bw-agent');
  expect(rungColour(1)).not.toBe(rungColour(0.5));
  expect(rungColour(-1)).toContain('--bw-sell');
});

test('the unit that is drawn is the one asked for, the best, the running, the first that learned', () => {
  const learned = { step: 1, total: 2, losses: [{ step: 1, loss: 1 }], validations: [] };
  const units = [
    unit({ index: 0, task: 'calibrate' }),
    unit({ index: 1, state: 'queued' }),
    unit({ index: 2 }),
  ];
  expect(unitToShow(7, units, new Map(), 2)).toBe(7);
  expect(unitToShow(undefined, units, new Map(), 1)).toBe(1);
  expect(unitToShow(undefined, units, new Map(), null)).toBe(2);
  const ended = units.map((one) => ({ ...one, state: 'failed' as const }));
  expect(unitToShow(undefined, ended, new Map([[2, learned]]), null)).toBe(2);
  expect(unitToShow(undefined, ended, new Map(), null)).toBe(1);
  expect(unitToShow(undefined, [], new Map(), null)).toBeUndefined();
});

test('the stops of a slider are the kept steps and the finished agent', () => {
  expect(stopsOf(agent({ steps: 300, kept_steps: [200, 100, 300] }))).toEqual([100, 200, null]);
  expect(stopsOf(agent({ kept_steps: [] }))).toEqual([]);
});
