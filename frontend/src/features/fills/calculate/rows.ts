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
}

/** Fills with what each sell made, at the average cost of the shares held. */
export function buildRows(fills: readonly Fill[]): FillRow[] {
  let held = 0;
  let paid = 0;
  return fills.map((fill, index) => {
    const value = fill.quantity * fill.price;
    const row: FillRow = { ...fill, number: index + 1, value, result: null };
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
