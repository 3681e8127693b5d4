import { experiment } from '@test/experiments';
import { agent, DAY, START, signals } from '@test/fixtures';
import { expect, test } from 'vitest';
import type { Signals } from '@/api/types';
import {
  firstDifference,
  overlayOf,
  type Run,
  rebase,
  settingRows,
  sharedValidation,
} from './comparison';

const run = (id: string, change: Partial<Run> = {}): Run => ({
  id,
  agent: agent({ id }),
  experiment: undefined,
  signals: signals({ agent: id }),
  ...change,
});

test('the window is what all agents were validated on', () => {
  const early = agent({ validation: { start: START, end: START + 10 * DAY } });
  const late = agent({ validation: { start: START + 5 * DAY, end: START + 20 * DAY } });
  expect(sharedValidation([early, late])).toEqual({
    start: START + 5 * DAY,
    end: START + 10 * DAY,
  });
  const apart = agent({ validation: { start: START + 30 * DAY, end: START + 40 * DAY } });
  expect(sharedValidation([early, apart])).toBeNull();
  expect(sharedValidation([])).toBeNull();
});

test('net worth begins at 100, and buy and hold is drawn once', () => {
  expect(rebase([50, 75])).toEqual([100, 150]);
  expect(rebase([])).toEqual([]);
  const lines = overlayOf([run('one'), run('two'), run('three', { signals: undefined })]);
  expect(lines.map(({ name, run: place }) => [name, place])).toEqual([
    ['one', 0],
    ['two', 1],
    ['Buy and hold', null],
  ]);
  expect(lines[2]?.value).toEqual([100, 110, 120, 90, 100]);
});

test('the first different decision is the first candle after which another exposure is held', () => {
  const held = (exposure: number[]): Signals => {
    const one = signals();
    return { ...one, decisions: { ...one.decisions, exposure } };
  };
  const first = held([1, 1, 0, 0, 0]);
  expect(firstDifference(first, held([1, 1, 0, 0, 0]))).toBeNull();
  expect(firstDifference(first, held([1, 1, 1, 0, 0]))).toEqual({
    time: START + 2 * DAY,
    first: { action: 'sell', exposure: 0 },
    other: { action: 'sell', exposure: 1 },
  });
});

test('what differs comes first, by the word of the setting', () => {
  const { specification } = experiment();
  const config = { ...specification.config, learning: { learning_rate: 0.01, discount: 0.9 } };
  const rows = settingRows([
    run('one', { experiment: experiment() }),
    run('two', {
      agent: agent({ id: 'two', seed: 4 }),
      experiment: experiment({ specification: { ...specification, config } }),
    }),
  ]);
  expect(rows.filter(({ differs }) => differs)).toEqual([
    { name: 'Seed', values: ['0', '4'], differs: true },
    { name: 'Learning rate', values: ['0.001', '0.01'], differs: true },
  ]);
  expect(rows.find(({ name }) => name === 'Discount')).toMatchObject({ differs: false });
});

test('what is not known of a run stands as such beside what is known of the other', () => {
  const rows = settingRows([run('one', { experiment: experiment() }), run('two')]);
  expect(rows.find(({ name }) => name === 'Learning rate')?.values).toEqual(['0.001', null]);
});
