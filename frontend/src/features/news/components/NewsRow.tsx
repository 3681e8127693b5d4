import { UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { NewsItem } from '@/api/types';
import { formatTime } from '@/lib/time';
import { describeMoment } from '../calculate/words';
import classes from './NewsList.module.css';
import { SentimentChip } from './SentimentChip';

interface NewsRowProps {
  item: NewsItem;
  intraday: boolean;
  /** Its candle is the one marked on the chart. */
  marked: boolean;
  /** Time of the first candle that may use it; null where that is still to come. */
  candle: number | null;
  /** The one headline of the list that the tab key reaches. */
  reachable: boolean;
  onMark: (item: NewsItem) => void;
  onFocus: (item: NewsItem) => void;
}

/** One headline: what it says and how it is meant; choosing it marks its candle. */
export function NewsRow(props: NewsRowProps) {
  const { item, intraday, marked, candle, reachable, onMark, onFocus } = props;
  const [focused, setFocused] = useState(false);
  const { headline, url, source, duplicates, provider, published_at } = item;
  return (
    <article className={classes.row} data-marked={marked}>
      <div className={classes.meta}>
        <SentimentChip sentiment={item.sentiment} opened={focused} />
        <time dateTime={published_at}>{describeMoment(item)}</time>
        {url !== null && (
          <a
            className={classes.link}
            href={url}
            target="_blank"
            rel="noopener noreferrer"
            aria-label={`Open “${headline}” in a new tab`}
          >
            Open ↗
          </a>
        )}
      </div>
      <UnstyledButton
        className={classes.headline}
        data-headline={item.id}
        tabIndex={reachable ? 0 : -1}
        aria-pressed={marked}
        dir="auto"
        title={marked ? undefined : headline}
        onClick={() => onMark(item)}
        onFocus={(event) => {
          onFocus(item);
          setFocused(event.currentTarget.matches(':focus-visible'));
        }}
        onBlur={() => setFocused(false)}
      >
        {headline}
      </UnstyledButton>
      <div className={classes.meta}>
        <span className={classes.source} title={source} dir="auto">
          {source}
        </span>
        {duplicates > 0 && (
          <span title="Copies of this headline that are not shown">+{duplicates} similar</span>
        )}
        {provider === 'simulated' && (
          <span className={classes.simulated} title="An invented headline of an invented market">
            Simulated
          </span>
        )}
      </div>
      {marked && (
        <p className={classes.candle} role="status">
          {candle !== null
            ? `Counts from the candle of ${formatTime(candle, intraday)}, marked on the chart.`
            : `Counts from ${formatTime(item.counts_from, intraday)}, which is not among the candles of the chart.`}
        </p>
      )}
    </article>
  );
}
