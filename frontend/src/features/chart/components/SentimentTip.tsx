import { type ReactNode, useSyncExternalStore } from 'react';
import type { ChartModel } from '../model/ChartModel';
import { SENTIMENT_PANE } from '../model/SentimentLayer';
import classes from './Chart.module.css';

interface SentimentTipProps {
  model: Pick<ChartModel, 'pointedBar' | 'paneTops'>;
  /** What to say about the headlines of a candle. */
  describe: (index: number) => ReactNode;
}

/** What stands behind the bar of sentiment that is pointed at, laid over the price above it. */
export function SentimentTip({ model, describe }: SentimentTipProps) {
  const bar = useSyncExternalStore(model.pointedBar.subscribe, model.pointedBar.get);
  const tops = useSyncExternalStore(model.paneTops.subscribe, model.paneTops.get);
  const top = tops[SENTIMENT_PANE];
  if (bar === null || top === undefined) return null;
  return (
    <div
      className={classes.tip}
      role="tooltip"
      style={{ bottom: `calc(100% - ${top - 2}px)`, ['--tip-x' as string]: `${bar.x}px` }}
    >
      {describe(bar.index)}
    </div>
  );
}
