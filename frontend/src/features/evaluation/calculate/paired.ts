import type { PairedDifference } from '@/api/types';

/** A difference and what the other side of it is. */
export interface NamedDifference {
  name: string;
  meaning: string;
  difference: PairedDifference;
}

interface ForestLine {
  name: string;
  meaning: string;
  difference: number;
  interval: readonly [number, number];
  p: number;
  /** Where point and interval lie on the strip, in per cent of its width. */
  point: number;
  left: number;
  width: number;
  /** Which side of 0 the whole interval lies on; null where it spans 0. */
  side: 'above' | 'below' | null;
}

export interface Forest {
  lines: readonly ForestLine[];
  /** Where no difference lies, in per cent. */
  zero: number;
  low: number;
  high: number;
}

/** Room at both ends of the strip, as a share of what is drawn. */
const AIR = 0.04;

/** Point and interval of each difference, on one strip that has 0 on it. */
export function layOutForest(differences: readonly NamedDifference[]): Forest {
  const given = differences.map(({ name, meaning, difference }) => ({
    name,
    meaning,
    difference: difference.mean_difference,
    interval: difference.interval as [number, number],
    p: difference.p,
  }));
  const ends = given.flatMap(({ interval }) => interval);
  const lowest = Math.min(0, ...ends);
  const highest = Math.max(0, ...ends);
  const air = (highest - lowest || 1) * AIR;
  const low = lowest - air;
  const high = highest + air;
  const at = (value: number) => (100 * (value - low)) / (high - low);
  return {
    zero: at(0),
    low,
    high,
    lines: given.map((line) => ({
      ...line,
      point: at(line.difference),
      left: at(line.interval[0]),
      width: at(line.interval[1]) - at(line.interval[0]),
      side: line.interval[0] > 0 ? 'above' : line.interval[1] < 0 ? 'below' : null,
    })),
  };
}

/** `0.47`, and `<0.001` below that. */
export function formatP(p: number): string {
  if (p < 0.001) return '<0.001';
  return p < 0.1 ? p.toFixed(3) : p.toFixed(2);
}
