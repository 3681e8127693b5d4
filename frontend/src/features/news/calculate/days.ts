import type { NewsItem } from '@/api/types';

/** A line of the list: a day, or one of its headlines. */
export type NewsLine =
  | { kind: 'day'; day: string; count: number; score: number | null }
  | { kind: 'item'; item: NewsItem };

/** Day of publication, UTC. */
const dayOf = (item: NewsItem): string => item.published_at.slice(0, 10);

/** Mean score of those that have one; null where none has. */
export function meanScore(items: readonly NewsItem[]): number | null {
  let sum = 0;
  let scored = 0;
  for (const { sentiment } of items) {
    if (sentiment === null) continue;
    sum += sentiment.score;
    scored += 1;
  }
  return scored === 0 ? null : sum / scored;
}

/** Headlines under the days of their publication, newest day and newest headline first. */
export function groupByDay(items: readonly NewsItem[]): NewsLine[] {
  const days = new Map<string, NewsItem[]>();
  for (const item of items) {
    const day = dayOf(item);
    const group = days.get(day);
    if (group === undefined) days.set(day, [item]);
    else group.push(item);
  }
  return [...days.entries()]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .flatMap(([day, group]): NewsLine[] => [
      { kind: 'day', day, count: group.length, score: meanScore(group) },
      ...group
        .toSorted((a, b) => Date.parse(b.published_at) - Date.parse(a.published_at))
        .map((item): NewsLine => ({ kind: 'item', item })),
    ]);
}
