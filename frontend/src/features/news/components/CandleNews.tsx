import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { News } from '@/api/types';
import { formatInteger, formatSignedRatio } from '@/lib/format';
import { toneOf } from '@/lib/sentiment';
import { formatTime, isoDate } from '@/lib/time';
import { newsQuery } from '../api/news';
import { newsOfCandle } from '../calculate/candle';
import classes from './CandleNews.module.css';
import { TONES } from './SentimentChip';

const SHOWN = 5;
/** Headlines of a holiday week count from the candle after it. */
const DAYS_BEFORE = 7;
/** The crosshair rests on a candle before its headlines are asked for. */
const REST_MS = 200;

interface CandleNewsProps {
  symbol: string;
  time: number;
  /** Time of the candle before it; null for the first of the series. */
  before: number | null;
  intraday: boolean;
  /** Headlines that count from the candle, and their mean score. */
  count: number;
  score: number | null;
  /** The window of the panel, which may hold them. */
  loaded: News | undefined;
}

/** The headlines behind one bar of sentiment. */
export function CandleNews(props: CandleNewsProps) {
  const { symbol, time, before, intraday, count, score, loaded } = props;
  const at_hand = newsOfCandle(loaded, time, before);
  const missing = at_hand.length < count;
  const [rested] = useDebouncedValue(time, REST_MS, { leading: false });
  const as_of = intraday ? new Date(rested * 1000).toISOString() : isoDate(rested);
  const asked = useQuery({
    ...newsQuery({ symbol, days: DAYS_BEFORE, as_of }),
    enabled: missing && rested === time,
    refetchInterval: false,
    staleTime: 5 * 60_000,
  });
  const fetched = missing && rested === time ? newsOfCandle(asked.data, time, before) : [];
  const items = fetched.length > at_hand.length ? fetched : at_hand;
  const listed = items.slice(0, SHOWN);
  const waiting = missing && (rested !== time || asked.isFetching);
  return (
    <>
      <p className={classes.head}>
        {formatTime(time, intraday)}: {formatInteger(count)}{' '}
        {count === 1 ? 'headline' : 'headlines'},{' '}
        {score === null
          ? 'not scored yet'
          : `${TONES[toneOf(score)].word.toLowerCase()}, ${count === 1 ? '' : 'mean '}${formatSignedRatio(score)}`}
      </p>
      <ul className={classes.list}>
        {listed.map(({ id, headline, sentiment }) => (
          <li key={id} data-tone={sentiment?.label}>
            <span className={classes.icon}>
              {sentiment === null ? '…' : TONES[sentiment.label].icon}
              <span className={classes.hidden}>
                {sentiment === null ? 'Not scored yet' : TONES[sentiment.label].word}:{' '}
              </span>
            </span>
            <span className={classes.text} dir="auto">
              {headline}
            </span>
          </li>
        ))}
      </ul>
      {listed.length === 0 && waiting && <p className={classes.more}>Fetching them…</p>}
      {listed.length > 0 && count > listed.length && (
        <p className={classes.more}>and {formatInteger(count - listed.length)} more</p>
      )}
    </>
  );
}
