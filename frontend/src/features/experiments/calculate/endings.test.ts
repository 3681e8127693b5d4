import { doneExperiment, experiment } from '@test/experiments';
import { expect, test } from 'vitest';
import { agentOf, readAgents, toggleAgent, writeAgents } from './chosen';
import { endingsSince, see } from './endings';
import { describeSpecification } from './specification';

test('an ending is news only of what was seen running', () => {
  const seen = see(new Map(), [experiment(), doneExperiment({ id: 'old' })]);
  expect(endingsSince(new Map(), [doneExperiment()])).toEqual([]);
  const now = [doneExperiment(), doneExperiment({ id: 'old' }), doneExperiment({ id: 'new' })];
  expect(endingsSince(seen, now).map(({ id }) => id)).toEqual(['e-1']);
  // Told once.
  expect(endingsSince(see(seen, now), now)).toEqual([]);
});

test('one that leaves the newest while it runs is still waited for', () => {
  const seen = see(see(new Map(), [experiment()]), [doneExperiment({ id: 'other' })]);
  expect(endingsSince(seen, [experiment({ state: 'failed' })])).toHaveLength(1);
});

test('agents are chosen up to six, each once', () => {
  expect(readAgents('a,b,a,,c')).toEqual(['a', 'b', 'c']);
  expect(readAgents('a,b,c,d,e,f,g')).toHaveLength(6);
  expect(toggleAgent(['a', 'b'], 'a')).toEqual(['b']);
  expect(toggleAgent(['a'], 'b')).toEqual(['a', 'b']);
  expect(toggleAgent(readAgents('a,b,c,d,e,f'), 'g')).toHaveLength(6);
  expect([writeAgents([]), writeAgents(['a', 'b'])]).toEqual([undefined, 'a,b']);
  expect([agentOf(experiment()), agentOf(doneExperiment())]).toEqual([null, 'acme-0']);
});

test('what is done is said in words', () => {
  const { specification } = experiment();
  const sweep = experiment({
    kind: 'sweep',
    specification: {
      ...specification,
      budget_seconds: 600,
      grid: { 'learning.discount': [0.5, 0.9], 'network.hidden': [[64], [64, 32]] },
    },
  });
  const entries = Object.fromEntries(describeSpecification(sweep));
  expect(entries).toMatchObject({
    Symbols: 'ACME',
    Candles: 'from the first to the last',
    Budget: '10 min',
    'Discount, tried': '0.5, 0.9',
    'Hidden layers, tried': '[64], [64, 32]',
    'Learning rate': '0.001',
    'Fill at the next': 'next open',
  });
  expect(entries).not.toHaveProperty('Discount');
});
