import type { News, NewsItem } from '@/api/types';

/**
 * Headlines of an answer that the candle at this time is the first to use, the loudest first.
 *
 * @param before Time of the candle before it; null for the first of the series.
 */
export function newsOfCandle(
  news: News | undefined,
  time: number,
  before: number | null,
): NewsItem[] {
  const loudness = ({ sentiment }: NewsItem) => Math.abs(sentiment?.score ?? 0);
  return (news?.items ?? [])
    .filter(({ counts_from }) => counts_from <= time && (before === null || counts_from > before))
    .sort((a, b) => loudness(b) - loudness(a));
}
