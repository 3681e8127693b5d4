import { report } from '@test/evaluation';
import { expect, test } from 'vitest';
import { groupHoldings } from './holdings';

const [first] = report().attribution?.best ?? [];
if (first === undefined) throw new Error('The fixture has no holding.');

test('seeds that held the same symbol between the same dates are one line', () => {
  const other = { ...first, symbol: 'ZULU', profit: 15_000 };
  const groups = groupHoldings([other, first, { ...first, seed: 2, profit: 9000 }]);
  expect(groups).toMatchObject([
    { symbol: 'ACME', seeds: 2, profit: 18_800, profit_fraction: 0.26 },
    { symbol: 'ZULU', seeds: 1, profit: 15_000 },
  ]);
});

test('other dates are another holding, and no share stays none', () => {
  const late = { ...first, start: first.start + 1, profit_fraction: null };
  const groups = groupHoldings([first, late]);
  expect(groups.map(({ seeds }) => seeds)).toEqual([1, 1]);
  expect(groups.find(({ start }) => start === late.start)?.profit_fraction).toBeNull();
});
