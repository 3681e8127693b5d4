export interface Scale {
  /** Pixel of a value. */
  at: (value: number) => number;
  ticks: readonly number[];
}

/** Round steps (1, 2, 5 · 10ⁿ) that cut a span into some four parts. */
function tickStep(span: number): number {
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10;
  return step * power;
}

/**
 * Linear scale whose ends are whole ticks around the values.
 *
 * @param values What is drawn.
 * @param from Pixel of the lowest tick.
 * @param to Pixel of the highest.
 * @param through Values that lie on it too; 0, unless it means nothing here.
 */
export function scaleOver(
  values: readonly number[],
  from: number,
  to: number,
  through: readonly number[] = [0],
): Scale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of [...values, ...through]) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = [0, 1];
  const step = tickStep(high > low ? high - low : Math.abs(high) || 1);
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  const width = (last - first) * step;
  return { at: (value) => from + ((value - first * step) / width) * (to - from), ticks };
}
