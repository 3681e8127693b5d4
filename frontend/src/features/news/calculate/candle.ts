import type { News, NewsItem } from '@/api/types';

/** Headlines of an answer that count from the candle at this time, the loudest first. */
export function newsOfCandle(news: News | undefined, time: number): NewsItem[] {
  const loudness = ({ sentiment }: NewsItem) => Math.abs(sentiment?.score ?? 0);
  return (news?.items ?? [])
    .filter((item) => item.counts_from === time)
    .sort((a, b) => loudness(b) - loudness(a));
}
