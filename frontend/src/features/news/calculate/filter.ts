import type { NewsItem } from '@/api/types';
import type { Tone } from '@/lib/sentiment';

export const LABELS = ['positive', 'neutral', 'negative', 'unscored'] as const;
export type NewsLabel = Tone | 'unscored';

export interface NewsFilter {
  /** Undefined for all. */
  label: NewsLabel | undefined;
  source: string | undefined;
  /** Words that the headline must hold, in any order and case. */
  text: string;
}

const labelOf = (item: NewsItem): NewsLabel => item.sentiment?.label ?? 'unscored';

/** Headlines that pass all parts of a filter, in their order. */
export function filterNews(items: readonly NewsItem[], filter: NewsFilter): readonly NewsItem[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const { label, source } = filter;
  if (label === undefined && source === undefined && words.length === 0) return items;
  return items.filter((item) => {
    if (label !== undefined && labelOf(item) !== label) return false;
    if (source !== undefined && item.source !== source) return false;
    const headline = item.headline.toLowerCase();
    return words.every((word) => headline.includes(word));
  });
}

/** How many headlines have each label. */
export function countLabels(items: readonly NewsItem[]): Record<NewsLabel, number> {
  const counts: Record<NewsLabel, number> = { positive: 0, neutral: 0, negative: 0, unscored: 0 };
  for (const item of items) counts[labelOf(item)] += 1;
  return counts;
}

/** Who wrote the headlines, those with most of them first. */
export function countSources(items: readonly NewsItem[]): { source: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { source } of items) counts.set(source, (counts.get(source) ?? 0) + 1);
  return [...counts]
    .map(([source, count]) => ({ source, count }))
    .sort((a, b) => b.count - a.count || a.source.localeCompare(b.source));
}
