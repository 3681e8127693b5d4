import type { Agent } from '@/api/types';

/** Moments of a training that can be looked at, in order; null is the finished agent. */
export function stopsOf({ kept_steps, steps }: Agent): (number | null)[] {
  const before = kept_steps.filter((step) => step < steps);
  return before.length === 0 ? [] : [...before.sort((a, b) => a - b), null];
}
