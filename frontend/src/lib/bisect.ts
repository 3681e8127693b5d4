/**
 * Index of the first element that is not below `value`, in an ascending list; its length where
 * all are below.
 */
export function lowerBound(ascending: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the element nearest to `value` in an ascending list; -1 for an empty one. */
export function nearestIndex(ascending: ArrayLike<number>, value: number): number {
  if (ascending.length === 0) return -1;
  const right = Math.min(lowerBound(ascending, value), ascending.length - 1);
  const left = Math.max(right - 1, 0);
  const distance = (index: number) => Math.abs((ascending[index] as number) - value);
  return distance(left) <= distance(right) ? left : right;
}
