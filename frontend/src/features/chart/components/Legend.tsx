import { useMemo, useSyncExternalStore } from 'react';
import type { Fill } from '@/api/types';
import {
  ABSENT,
  formatCompact,
  formatInteger,
  formatMoney,
  formatPrice,
  formatRatio,
  formatSignedRatio,
} from '@/lib/format';
import { type Frame, isRising, tradedWindow } from '@/lib/frame';
import { type SentimentColumns, toneOf } from '@/lib/sentiment';
import { formatTime } from '@/lib/time';
import { describeFill, groupByTime } from '../calculate/fillsAt';
import type { ChartModel } from '../model/ChartModel';
import classes from './Legend.module.css';

interface LegendProps {
  model: Pick<ChartModel, 'hovered'>;
  frame: Frame;
  fills: readonly Fill[];
  cursor: number | null;
  intraday: boolean;
  /** The run is not (yet) the one asked for. */
  outdated: boolean;
  news: { columns: SentimentColumns | null; agreement: readonly (string | null)[] };
}

const ACTIONS = { buy: 'Buy', sell: 'Sell', hold: 'Hold' } as const;

/** `+0.42 (3 headlines)`; a candle without news has no score, which is not the same as zero. */
function describeNews(count: number | null | undefined, score: number | null | undefined): string {
  if (count === null || count === undefined) return ABSENT;
  if (count === 0) return 'no news';
  const headlines = `${formatInteger(count)} ${count === 1 ? 'headline' : 'headlines'}`;
  return score === null || score === undefined
    ? `${headlines} not scored`
    : `${formatSignedRatio(score)} (${headlines})`;
}

/** The candle under the crosshair, or else the last one traded, and the run's state on it. */
export function Legend({ model, frame, fills, cursor, intraday, outdated, news }: LegendProps) {
  const hovered = useSyncExternalStore(model.hovered.subscribe, model.hovered.get);
  const groups = useMemo(() => groupByTime(fills), [fills]);
  const index = hovered ?? cursor ?? tradedWindow(frame).to;
  const time = frame.time[index];
  if (time === undefined) return null;
  const action = frame.action[index] ?? null;
  const { columns, agreement } = news;
  const score = columns?.score[index];
  const tone = { positive: classes.up, negative: classes.down, neutral: '' };
  const price = (value: number | undefined) => formatPrice(value, frame.decimals);
  const entries: [string, string, string?][] = [
    ['O', price(frame.open[index])],
    ['H', price(frame.high[index])],
    ['L', price(frame.low[index])],
    ['C', price(frame.close[index]), isRising(frame, index) ? classes.up : classes.down],
    ['Volume', formatCompact(frame.volume[index])],
    ['Action', action === null ? ABSENT : ACTIONS[action], action === null ? '' : classes[action]],
    ...(groups.get(time) ?? []).map((fill): [string, string, string?] => [
      'Fill',
      describeFill(fill, frame.decimals),
      classes[fill.side],
    ]),
    ['Exposure', formatRatio(frame.exposure[index])],
    ['Quantity', formatInteger(frame.quantity[index])],
    ['Cash', formatMoney(frame.cash[index])],
    ['Net worth', formatMoney(frame.netWorth[index])],
    ...(columns === null
      ? []
      : [
          [
            'News',
            [describeNews(columns.count[index], score), agreement[index]]
              .filter(Boolean)
              .join(', '),
            typeof score === 'number' ? tone[toneOf(score)] : '',
          ] as [string, string, string],
        ]),
  ];
  return (
    <dl className={classes.legend} data-testid="legend" data-outdated={outdated}>
      <div className={classes.time}>
        <dt className={classes.hidden}>Date</dt>
        <dd>{formatTime(time, intraday)}</dd>
      </div>
      {entries.map(([name, value, tone]) => (
        <div key={`${name} ${name === 'Fill' ? value : ''}`} data-entry={name}>
          <dt>{name}</dt>
          <dd className={tone}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
