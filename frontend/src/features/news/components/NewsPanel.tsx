import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { describeWaiting, problemOf } from '@/api/problem';
import type { NewsItem } from '@/api/types';
import { ProblemNotice } from '@/components/ProblemNotice';
import { formatInteger } from '@/lib/format';
import { useNow } from '@/lib/useNow';
import { newsQuery } from '../api/news';
import { filterNews, type NewsLabel } from '../calculate/filter';
import { EmptyNews } from './EmptyNews';
import { NewsFilters } from './NewsFilters';
import { NewsList } from './NewsList';
import classes from './NewsPanel.module.css';
import { NewsStatus } from './NewsStatus';
import { NewsUpload } from './NewsUpload';
import { NewsWindow } from './NewsWindow';

/** What part of the news is asked for and shown; all of it is part of the address. */
export interface NewsView {
  days: number;
  /** Last day of the window, `YYYY-MM-DD`; undefined for the gateway's own. */
  as_of: string | undefined;
  label: NewsLabel | undefined;
  source: string | undefined;
}

interface NewsPanelProps {
  symbol: string;
  intraday: boolean;
  view: NewsView;
  onView: (part: Partial<NewsView>) => void;
  /** Id of the headline whose candle is marked on the chart. */
  marked: string | null;
  /** Time of the candle that what counts from a moment belongs to; null where it is to come. */
  candleOf: (moment: number) => number | null;
  onMark: (item: NewsItem) => void;
}

/** What was written about a symbol, and how it was meant. */
export function NewsPanel(props: NewsPanelProps) {
  const { symbol, intraday, view, onView, marked, candleOf, onMark } = props;
  const { days, as_of, label, source } = view;
  const query = useQuery(newsQuery({ symbol, days, as_of }));
  const now = useNow();
  const [text, setText] = useState('');
  const news = query.data;
  const items = useMemo(
    () => filterNews(news?.items ?? [], { label, source, text }),
    [news, label, source, text],
  );
  const problem = query.error === null ? null : problemOf(query.error);

  function clear() {
    setText('');
    onView({ label: undefined, source: undefined });
  }

  return (
    <section className={classes.panel} aria-label="News">
      <div className={classes.head}>
        <NewsWindow
          days={days}
          as_of={as_of ?? news?.as_of.slice(0, 10)}
          own={as_of === undefined}
          onChange={onView}
        />
        {news !== undefined && (
          <NewsStatus
            news={news}
            received={query.dataUpdatedAt}
            now={now}
            fetching={query.isPlaceholderData}
          >
            <NewsUpload symbol={symbol} />
          </NewsStatus>
        )}
        {news !== undefined && news.items.length > 0 && (
          <NewsFilters
            items={news.items}
            label={label}
            source={source}
            text={text}
            onView={onView}
            onText={setText}
          />
        )}
      </div>
      {problem !== null && (
        <div className={classes.notice}>
          <ProblemNotice problem={problem} onRetry={() => void query.refetch()}>
            {news === undefined
              ? 'Candles and signals do not need the news.'
              : 'The headlines below are those of the last answer.'}
          </ProblemNotice>
        </div>
      )}
      {news === undefined ? (
        problem === null && (
          <p className={classes.waiting} role="status">
            {describeWaiting(query) ?? `Fetching headlines about ${symbol}…`}
          </p>
        )
      ) : news.items.length === 0 ? (
        <EmptyNews news={news} now={now} days={days} onDays={(next) => onView({ days: next })} />
      ) : (
        <>
          {(items.length < news.items.length || news.truncated) && (
            <p className={classes.tally} role="status">
              {items.length < news.items.length &&
                `${formatInteger(items.length)} of ${formatInteger(news.items.length)} listed. `}
              {news.truncated &&
                `The newest ${formatInteger(news.items.length)} of ${formatInteger(news.total)} are here; shorten the window for the others.`}
            </p>
          )}
          {items.length === 0 ? (
            <div className={classes.none}>
              <p>None of these headlines passes the filters.</p>
              <Button size="compact-xs" variant="default" onClick={clear}>
                Clear the filters
              </Button>
            </div>
          ) : (
            <div className={classes.list} data-outdated={query.isPlaceholderData}>
              <NewsList
                items={items}
                intraday={intraday}
                marked={marked}
                candleOf={candleOf}
                onMark={onMark}
              />
            </div>
          )}
        </>
      )}
    </section>
  );
}
