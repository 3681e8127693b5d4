import { expect, test } from 'vitest';
import { readAgentStep, writeAgentStep } from './agentStep';

test.each([
  ['momentum', { id: 'momentum', step: null }],
  ['momentum@2000', { id: 'momentum', step: 2000 }],
])('%s is an agent at a step', (name, meant) => {
  expect(readAgentStep(name)).toEqual(meant);
  expect(writeAgentStep(meant)).toBe(name);
});
