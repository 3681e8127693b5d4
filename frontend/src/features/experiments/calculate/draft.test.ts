import { experiment } from '@test/experiments';
import { START } from '@test/fixtures';
import { expect, test } from 'vitest';
import { countSeeds, draftOf, emptyDraft } from './draft';
import { describeUnits, readLine } from './grid';
import { readDraft } from './request';

test('a form that is only given a symbol asks for a training with the usual settings', () => {
  const { request, refusals } = readDraft(emptyDraft('train', 'ACME'));
  expect(refusals).toEqual({});
  expect(request).toMatchObject({
    kind: 'train',
    symbols: ['ACME'],
    seeds: [0],
    steps: 1500,
    config: {
      members: 8,
      network: { hidden: [32] },
      learning: { learning_rate: 0.001, discount: 0.95 },
      costs: { commission_bps: 10 },
      fill: 'next_open',
      ladder: { rungs: [0, 1] },
    },
  });
  expect(request).not.toHaveProperty('grid');
  expect(request).not.toHaveProperty('start');
});

test('minutes are sent as seconds, and no steps with them', () => {
  const { request } = readDraft({
    ...emptyDraft('train', 'ACME'),
    budget: 'minutes',
    minutes: 2.5,
  });
  expect(request).toMatchObject({ budget_seconds: 150 });
  expect(request).not.toHaveProperty('steps');
});

test('what cannot be read is refused at its field', () => {
  const draft = emptyDraft('train', undefined);
  const { request, refusals } = readDraft({
    ...draft,
    start: '2020-02-01',
    end: '2020-01-01',
    steps: 'many',
    settings: { ...draft.settings, members: 'two', 'ladder.rungs': '' },
  });
  expect(request).toBeUndefined();
  expect(Object.keys(refusals).sort()).toEqual([
    'budget',
    'end',
    'ladder.rungs',
    'members',
    'symbols',
  ]);
});

test('an evaluation trains nothing, so that neither seeds nor settings are sent', () => {
  const { request } = readDraft({ ...emptyDraft('evaluate', 'ACME'), agent: 'other' });
  expect(request).toEqual({ kind: 'evaluate', symbols: ['ACME'], agent: 'other' });
  expect(readDraft(emptyDraft('evaluate', 'ACME')).refusals).toHaveProperty('agent');
});

test('a sweep varies its grid, and what it varies is no setting beside it', () => {
  const { request } = readDraft(emptyDraft('sweep', 'ACME'));
  expect(request?.grid).toEqual({
    'learning.learning_rate': [0.0003, 0.001],
    'learning.discount': [0.8, 0.95],
  });
  expect(request?.config).not.toHaveProperty('learning');
});

test('a setting that is in the grid twice, or that has no values, is refused', () => {
  const line = { id: 0, path: 'members', values: '1, 2' };
  const draft = { ...emptyDraft('sweep', 'ACME'), grid: [line, { ...line, id: 1 }] };
  expect(readDraft(draft).refusals).toHaveProperty(['grid.members']);
  expect(readDraft({ ...draft, grid: [{ ...line, values: ' ' }] }).refusals).toEqual({
    'grid.members': 'Networks: values to try.',
  });
  expect(readDraft({ ...draft, grid: [] }).refusals).toHaveProperty('grid');
});

test('values that are lists stand between semicolons', () => {
  expect(readLine({ id: 0, path: 'network.hidden', values: '64, 32; 128' })).toEqual([
    [64, 32],
    [128],
  ]);
  expect(readLine({ id: 0, path: 'fill', values: 'next_open, next_close' })).toEqual([
    'next_open',
    'next_close',
  ]);
});

test('the units of a grid are its points by its seeds', () => {
  const { grid } = emptyDraft('sweep', 'ACME');
  expect(describeUnits(grid, 3)).toBe('2 × 2 points × 3 seeds = 12 units');
  expect(describeUnits([{ id: 0, path: 'members', values: '4' }], 1)).toBe(
    '1 point × 1 seed = 1 unit',
  );
  expect(describeUnits([{ id: 0, path: 'members', values: 'x' }], 1)).toBeNull();
});

test('what was done fills the form, and sent unchanged it is the same', () => {
  const { specification, symbols } = experiment();
  const draft = draftOf(
    experiment({
      kind: 'sweep',
      specification: {
        ...specification,
        start: START,
        seeds: [3, 4],
        grid: {
          'learning.discount': [0.5, 0.9],
          'network.hidden': [[64, 32], [128]],
        },
      },
    }),
  );
  expect(draft).toMatchObject({ start: '2020-01-01', end: '', budget: 'steps', seeds: [3, 4] });
  expect(draft.settings['learning.learning_rate']).toBe('0.001');
  const { request } = readDraft(draft);
  expect(request).toMatchObject({
    symbols,
    seeds: [3, 4],
    steps: 10_000,
    start: '2020-01-01',
    grid: { 'learning.discount': [0.5, 0.9], 'network.hidden': [[64, 32], [128]] },
    config: specification.config,
  });
});

test('an experiment that was given time is asked for with that time again', () => {
  const { specification } = experiment();
  const timed = experiment({ specification: { ...specification, budget_seconds: 600 } });
  expect(draftOf(timed)).toMatchObject({ budget: 'minutes', minutes: 10 });
});

test('seeds are counted from the first', () => {
  expect(countSeeds([5], 3)).toEqual([5, 6, 7]);
  expect(countSeeds([], 2)).toEqual([0, 1]);
});
