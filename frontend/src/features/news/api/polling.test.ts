import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SOON_MS, whileRefreshing } from './polling';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const query = (refreshing: boolean) =>
  ({ state: { data: { refreshing } } }) as Parameters<typeof whileRefreshing>[0];

test('what is being fetched is asked for again soon, for a minute', () => {
  const asked = query(true);
  expect(whileRefreshing(asked)).toBe(SOON_MS);
  vi.advanceTimersByTime(59_000);
  expect(whileRefreshing(asked)).toBe(SOON_MS);
  vi.advanceTimersByTime(1000);
  expect(whileRefreshing(asked)).toBeGreaterThan(60_000);
});

test('a refresh that begins later has its own minute', () => {
  const asked = query(true);
  whileRefreshing(asked);
  vi.advanceTimersByTime(90_000);
  Object.assign(asked.state, { data: { refreshing: false } });
  expect(whileRefreshing(asked)).toBeGreaterThan(60_000);
  Object.assign(asked.state, { data: { refreshing: true } });
  expect(whileRefreshing(asked)).toBe(SOON_MS);
});
