import type { Fill } from '@/api/types';

export interface FillRow extends Fill {
  number: number;
  /** Money that changed hands, without commission. */
  value: number;
  /**
   * What a sell made over the average cost of the shares it sold, both commissions paid; null for
   * a buy.
   */
  result: number | null;
  /** How its decision stands to the news; null where nothing can be said. */
  news: string | null;
}

/**
 * Fills with what each sell made, at the average cost of the shares held.
 *
 * @param news How the decision behind each fill stands to the news, in the order of the fills.
 */
export function buildRows(
  fills: readonly Fill[],
  news: readonly (string | null)[] = [],
): FillRow[] {
  let held = 0;
  let paid = 0;
  return fills.map((fill, index) => {
    const value = fill.quantity * fill.price;
    const row: FillRow = {
      ...fill,
      number: index + 1,
      value,
      result: null,
      news: news[index] ?? null,
    };
    if (fill.side === 'buy') {
      held += fill.quantity;
      paid += value + fill.commission;
    } else if (held > 0) {
      const cost = (paid / held) * fill.quantity;
      row.result = value - fill.commission - cost;
      held -= fill.quantity;
      paid -= cost;
    }
    return row;
  });
}
