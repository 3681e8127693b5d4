import type { Fill } from '@/api/types';
import { formatInteger, formatPrice } from '@/lib/format';

/** Fills by the candle of their execution, which seldom has more than one. */
export function groupByTime(fills: readonly Fill[]): ReadonlyMap<number, readonly Fill[]> {
  const groups = new Map<number, Fill[]>();
  for (const fill of fills) {
    const group = groups.get(fill.time);
    if (group === undefined) groups.set(fill.time, [fill]);
    else group.push(fill);
  }
  return groups;
}

/** `Buy 3,165 @ 32.30`. */
export function describeFill({ side, quantity, price }: Fill, decimals: number): string {
  const word = side === 'buy' ? 'Buy' : 'Sell';
  return `${word} ${formatInteger(quantity)} @ ${formatPrice(price, decimals)}`;
}
