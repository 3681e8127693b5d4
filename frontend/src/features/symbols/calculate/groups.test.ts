import { symbols } from '@test/fixtures';
import { expect, test } from 'vitest';
import { describeOutages, groupBySource, matchEntries } from './groups';

test('one’s own uploads come first, simulated ones are named so', () => {
  const groups = groupBySource(symbols().symbols);
  expect(groups.map(({ name }) => name)).toEqual(['Uploaded', 'Simulated, no real market']);
});

test('a source that could not be asked says why', () => {
  expect(describeOutages(symbols().sources)).toEqual([
    'Yahoo Finance cannot be reached: no network.',
  ]);
  expect(describeOutages([{ source: 'yahoo', available: false, reason: null }])).toEqual([
    'Yahoo Finance is not available.',
  ]);
});

test('typing matches symbol and name, an exact symbol first', () => {
  const found = (text: string) => matchEntries(symbols().symbols, text).map(({ symbol }) => symbol);
  expect(found('calm')).toEqual(['SIM-CALM']);
  expect(found(' acme ')).toEqual(['ACME']);
  expect(found('m')).toEqual(['SIM-CALM', 'ACME']);
  expect(found('zzz')).toEqual([]);
});
