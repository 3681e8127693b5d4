import { expect, test, vi } from 'vitest';
import { Observable } from './observable';

test('listeners hear changes, not repetitions, until they leave', () => {
  const value = new Observable<number | null>(null);
  const heard = vi.fn();
  const leave = value.subscribe(heard);
  value.set(1);
  value.set(1);
  expect(heard).toHaveBeenCalledTimes(1);
  leave();
  value.set(2);
  expect(heard).toHaveBeenCalledTimes(1);
  expect(value.get()).toBe(2);
});
