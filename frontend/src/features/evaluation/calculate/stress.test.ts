import { report } from '@test/evaluation';
import { expect, test } from 'vitest';
import type { CostStress } from '@/api/types';
import {
  describeAgainstHolding,
  describeBreakEven,
  formatBps,
  formatTick,
  pointAt,
} from './stress';

const stress = report().cost_stress as CostStress;
const losing: CostStress = {
  ...stress,
  commission: stress.commission.map((point) => ({ ...point, total_return_fraction: -0.1 })),
  break_even_commission_bps: null,
};

test('the slider stands on the charge until another cost is asked for', () => {
  expect(pointAt(stress.commission, undefined, 10)?.bps).toBe(10);
  expect(pointAt(stress.commission, undefined, 33)?.bps).toBe(20);
  expect(pointAt(stress.commission, 50, 10)?.bps).toBe(50);
  expect(pointAt([], 50, 10)).toBeUndefined();
});

test('a break-even point is said, or why there is none', () => {
  expect(describeBreakEven(stress)).toContain('up to 31.0 bps');
  expect(describeBreakEven({ ...stress, break_even_commission_bps: null })).toContain(
    'still makes money at 1,000 bps',
  );
  expect(describeBreakEven(losing)).toContain('no money at any commission');
});

test('against buy and hold the sentence says who is ahead', () => {
  expect(describeAgainstHolding(stress)).toContain('less than buy and hold at every');
  const [free, ...rest] = stress.commission;
  const ahead = { ...stress, commission: [{ ...free, total_return_fraction: 0.5 }, ...rest] };
  expect(describeAgainstHolding(ahead as CostStress)).toContain('more than buy and hold at every');
  expect(
    describeAgainstHolding({
      ...(ahead as CostStress),
      break_even_against_buy_and_hold_bps: 12.34,
    }),
  ).toBe('It earns more than buy and hold up to 12.3 bps.');
});

test('basis points have a decimal where it matters', () => {
  expect([formatBps(2.84), formatBps(137.2)]).toEqual(['2.8 bps', '137 bps']);
});

test('a tick has no idle decimals', () => {
  expect([-0.4, 0, 0.05, 0.125].map(formatTick)).toEqual([
    '\u221240\u00a0%',
    '0\u00a0%',
    '+5\u00a0%',
    '+12.5\u00a0%',
  ]);
});
