import type { CostStress, StressPoint } from '@/api/types';
import { formatInteger, formatSignedPercent, formatTenths } from '@/lib/format';

export type StressKind = 'commission' | 'slippage';

/** Commission up to which break-even points are looked for, bps. */
const SEARCHED_BPS = 1000;

/** The point that the slider stands on: the nearest to what is asked for, else to the charge. */
export function pointAt(
  points: readonly StressPoint[],
  asked: number | undefined,
  charged: number,
): StressPoint | undefined {
  const wanted = asked ?? charged;
  let nearest: StressPoint | undefined;
  for (const point of points) {
    if (nearest === undefined || Math.abs(point.bps - wanted) < Math.abs(nearest.bps - wanted)) {
      nearest = point;
    }
  }
  return nearest;
}

/** `31.0 bps`, `137 bps`. */
export function formatBps(bps: number): string {
  return `${bps >= 100 ? formatInteger(bps) : formatTenths(bps)} bps`;
}

/** Where the agent stops making money, in one sentence. */
export function describeBreakEven({ commission, break_even_commission_bps }: CostStress): string {
  if (break_even_commission_bps !== null) {
    return `Break-even: the agent makes money up to ${formatBps(break_even_commission_bps)} of commission a side.`;
  }
  const free = commission[0];
  return free !== undefined && free.total_return_fraction > 0
    ? `No break-even: the agent still makes money at ${formatInteger(SEARCHED_BPS)} bps of commission.`
    : 'No break-even: the agent makes no money at any commission.';
}

/** Where the agent stops doing better than buy and hold, in one sentence. */
export function describeAgainstHolding(stress: CostStress): string {
  const { commission, break_even_against_buy_and_hold_bps: bps } = stress;
  const free = commission[0];
  if (bps !== null) {
    const ahead =
      free !== undefined && free.total_return_fraction > free.buy_and_hold_total_return_fraction;
    return `It earns ${ahead ? 'more' : 'less'} than buy and hold up to ${formatBps(bps)}.`;
  }
  return free !== undefined && free.total_return_fraction > free.buy_and_hold_total_return_fraction
    ? 'It earns more than buy and hold at every commission tried.'
    : 'It earns less than buy and hold at every commission tried.';
}

/** Fraction at a tick, as a percentage without idle decimals. */
export function formatTick(tick: number): string {
  return formatSignedPercent(tick).replace(/\.0(?=\D*$)/, '');
}
