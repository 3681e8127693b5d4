import type { Attribution } from '@/api/types';

type Best = Attribution['best'][number];

/** The same dates of the same symbol, held by one seed or by several. */
export interface Holding extends Omit<Best, 'seed'> {
  seeds: number;
}

/**
 * Best holdings, those of several seeds on one symbol between the same dates as one.
 *
 * @param best The best holdings of all seeds.
 * @returns Profits and shares summed over seeds, the largest first.
 */
export function groupHoldings(best: readonly Best[]): Holding[] {
  const groups = new Map<string, Holding>();
  for (const { seed: _, ...holding } of best) {
    const key = [holding.symbol, holding.side, holding.start, holding.end].join(' ');
    const group = groups.get(key);
    groups.set(key, {
      ...holding,
      seeds: (group?.seeds ?? 0) + 1,
      profit: (group?.profit ?? 0) + holding.profit,
      profit_fraction:
        holding.profit_fraction === null
          ? null
          : (group?.profit_fraction ?? 0) + holding.profit_fraction,
    });
  }
  return [...groups.values()].sort((one, other) => other.profit - one.profit);
}
