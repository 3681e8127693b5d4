import { useSyncExternalStore } from 'react';
import { ABSENT, formatCompact, formatInteger, formatMoney, formatPrice } from '@/lib/format';
import { type Frame, tradedWindow } from '@/lib/frame';
import { formatTime } from '@/lib/time';
import type { ChartModel } from '../model/ChartModel';
import classes from './Legend.module.css';

interface LegendProps {
  model: ChartModel;
  frame: Frame;
  cursor: number | null;
  intraday: boolean;
}

const ACTIONS = { buy: 'Buy', sell: 'Sell', hold: 'Hold' } as const;

function formatExposure(exposure: number | null | undefined): string {
  return exposure === null || exposure === undefined ? ABSENT : exposure.toFixed(2);
}

/** The candle under the crosshair, or else the last one traded, and the run's state on it. */
export function Legend({ model, frame, cursor, intraday }: LegendProps) {
  const hovered = useSyncExternalStore(model.hovered.subscribe, model.hovered.get);
  const index = hovered ?? cursor ?? tradedWindow(frame).to;
  const time = frame.time[index];
  if (time === undefined) return null;
  const action = frame.action[index] ?? null;
  const rising = (frame.close[index] ?? 0) >= (frame.open[index] ?? 0);
  const entries: [string, string, string?][] = [
    ['O', formatPrice(frame.open[index])],
    ['H', formatPrice(frame.high[index])],
    ['L', formatPrice(frame.low[index])],
    ['C', formatPrice(frame.close[index]), rising ? classes.up : classes.down],
    ['Volume', formatCompact(frame.volume[index])],
    ['Action', action === null ? ABSENT : ACTIONS[action], action === null ? '' : classes[action]],
    ['Exposure', formatExposure(frame.exposure[index])],
    ['Quantity', formatInteger(frame.quantity[index])],
    ['Cash', formatMoney(frame.cash[index])],
    ['Net worth', formatMoney(frame.netWorth[index])],
  ];
  return (
    <dl className={classes.legend} data-testid="legend">
      <div className={classes.time}>
        <dt className={classes.hidden}>Date</dt>
        <dd>{formatTime(time, intraday)}</dd>
      </div>
      {entries.map(([name, value, tone]) => (
        <div key={name} data-entry={name}>
          <dt>{name}</dt>
          <dd className={tone}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
