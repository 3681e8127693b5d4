import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { problemOf } from '@/api/problem';
import type { Fill, NewsItem, Series } from '@/api/types';
import type { ChartNews } from '@/features/chart/components/Chart';
import { newsQuery } from '@/features/news/api/news';
import { sentimentQuery } from '@/features/news/api/sentiment';
import { AGREEMENT_WORDS, judgeFills, judgeSignals } from '@/features/news/calculate/agreement';
import { CandleNews } from '@/features/news/components/CandleNews';
import type { Frame } from '@/lib/frame';
import { alignSentiment, firstCandleFrom } from '@/lib/sentiment';
import { isIntraday } from '@/lib/time';
import type { Search } from './search';

const NO_FILLS: readonly null[] = [];

/** What chart, fills and panel have to know of the news of a symbol. */
export interface DeskNews {
  chart: ChartNews;
  /** How the decision behind each fill stands to the news, in the order of the fills. */
  fills: readonly (string | null)[];
  /** Headlines in the window of the panel; null while that is not known. */
  total: number | null;
  /** Id of the headline whose candle is marked. */
  marked: string | null;
  /** Time of the candle that what counts from a moment belongs to; null where it is to come. */
  candleOf: (moment: number) => number | null;
  /** Mark a headline's candle, or take the mark off it again. */
  mark: (item: NewsItem) => void;
}

/** The news of the symbol on the desk, spread over its candles and held against its signals. */
export function useNews(
  search: Search,
  series: Series,
  frame: Frame,
  fills: readonly Fill[],
  moveTo: (time: number) => void,
): DeskNews {
  const { symbol } = series;
  const { news_days: days, as_of } = search;
  const intraday = isIntraday(series.interval);
  const window = useQuery(newsQuery({ symbol, days, as_of }));
  const history = useQuery(sentimentQuery(symbol, intraday));
  const [marked, setMarked] = useState<{ id: string; time: number | null } | null>(null);
  const { time, action } = frame;

  const columns = useMemo(
    () => (history.data === undefined ? null : alignSentiment(time, history.data)),
    [history.data, time],
  );
  const signals = useMemo(
    () => (columns === null ? [] : judgeSignals(action, columns)),
    [columns, action],
  );
  const agreement = useMemo(
    () => signals.map((how) => (how === null || how === 'none' ? null : AGREEMENT_WORDS[how])),
    [signals],
  );
  const ofFills = useMemo(
    () =>
      columns === null
        ? NO_FILLS
        : judgeFills(fills, time, action, signals).map((how) => how && AGREEMENT_WORDS[how]),
    [columns, fills, time, action, signals],
  );

  const loaded = window.data;
  const describe = useCallback(
    (index: number) => (
      <CandleNews
        symbol={symbol}
        time={time[index] ?? 0}
        before={time[index - 1] ?? null}
        intraday={intraday}
        count={columns?.count[index] ?? 0}
        score={columns?.score[index] ?? null}
        loaded={loaded}
      />
    ),
    [symbol, time, intraday, columns, loaded],
  );
  const candleOf = useCallback((moment: number) => firstCandleFrom(time, moment), [time]);
  const mark = useCallback(
    ({ id, counts_from }: NewsItem) => {
      if (marked?.id === id) {
        setMarked(null);
        return;
      }
      const candle = candleOf(counts_from);
      setMarked({ id, time: candle });
      if (candle !== null) moveTo(candle);
    },
    [marked, candleOf, moveTo],
  );

  return {
    chart: {
      shown: search.sentiment,
      columns,
      agreement,
      state: stateOf(history.isPending, history.error, columns?.count),
      describe,
      marked: marked?.time ?? null,
    },
    fills: ofFills,
    total: loaded?.total ?? null,
    marked: marked?.id ?? null,
    candleOf,
    mark,
  };
}

/** Why the pane of sentiment is empty; no text where it is not. */
function stateOf(
  pending: boolean,
  error: Error | null,
  count: readonly (number | null)[] | undefined,
): string {
  if (count === undefined) {
    return error !== null ? `not to be had: ${problemOf(error).title}` : pending ? 'asking…' : '';
  }
  return count.some((headlines) => headlines !== null && headlines > 0)
    ? ''
    : 'no headlines for these candles';
}
