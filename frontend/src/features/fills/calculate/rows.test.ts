import { signals } from '@test/fixtures';
import { expect, test } from 'vitest';
import type { Fill } from '@/api/types';
import { buildRows } from './rows';

const fill = (side: Fill['side'], quantity: number, price: number, commission = 0): Fill => ({
  time: 0,
  side,
  quantity,
  price,
  commission,
  slippage: 0,
});

test('a sell’s result is what it brought less what the shares cost, both commissions paid', () => {
  const [buy, sell] = buildRows(signals().fills);
  expect(buy?.value).toBe(99_900);
  expect(buy?.result).toBeNull();
  // 9,990 · (12 − 10) − 99.90 − 119.88
  expect(sell?.result).toBeCloseTo(19_760.22, 6);
});

test('shares bought at several prices are sold at their average', () => {
  const rows = buildRows([
    fill('buy', 10, 10),
    fill('buy', 10, 20),
    fill('sell', 10, 18),
    fill('sell', 10, 12),
  ]);
  expect(rows.map(({ result }) => result)).toEqual([null, null, 30, -30]);
});
