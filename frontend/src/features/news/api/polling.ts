import type { Query } from '@tanstack/react-query';

export const SOON_MS = 1500;
/** A source that hangs is not waited for by asking for ever. */
const SOON_AT_MOST_MS = 60_000;
const LATER_MS = 5 * 60_000;

const begun = new WeakMap<object, number>();

/** Ask again soon while headlines or scores are being fetched, for a minute; then now and then. */
export function whileRefreshing<Data extends { refreshing: boolean }>(
  query: Pick<Query<Data>, 'state'>,
): number {
  if (query.state.data?.refreshing !== true) {
    begun.delete(query);
    return LATER_MS;
  }
  const start = begun.get(query) ?? Date.now();
  begun.set(query, start);
  return Date.now() - start < SOON_AT_MOST_MS ? SOON_MS : LATER_MS;
}
