import { useSyncExternalStore } from 'react';
import type { ChartModel } from '../model/ChartModel';
import classes from './Chart.module.css';

/** Names of panes and lines, and the key to the arrows, laid over the canvas. */
export function PaneTitles({ model, hasRun }: { model: ChartModel; hasRun: boolean }) {
  const tops = useSyncExternalStore(model.paneTops.subscribe, model.paneTops.get);
  if (!hasRun || tops.length < 3) return null;
  return (
    <>
      <p className={classes.title} style={{ top: tops[0] }}>
        <span className={classes.buy}>▲ Buy</span>
        <span className={classes.sell}>▼ Sell</span>
      </p>
      <p className={classes.title} style={{ top: tops[1] }}>
        <span className={classes.agent}>Net worth, agent</span>
        <span className={classes.benchmark}>Buy and hold</span>
      </p>
      <p className={classes.title} style={{ top: tops[2] }}>
        <span className={classes.agent}>Drawdown, agent</span>
        <span className={classes.benchmark}>Buy and hold</span>
      </p>
    </>
  );
}
