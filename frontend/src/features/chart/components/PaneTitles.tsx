import { useSyncExternalStore } from 'react';
import type { ChartModel } from '../model/ChartModel';
import { layOutPanes } from '../model/layers';
import classes from './Chart.module.css';

interface PaneTitlesProps {
  model: Pick<ChartModel, 'paneTops'>;
  hasRun: boolean;
  /** Why the pane of sentiment is empty, or nothing; null while it is hidden. */
  sentiment: string | null;
}

/** Names of panes and lines, and the key to the arrows, laid over the canvas. */
export function PaneTitles({ model, hasRun, sentiment }: PaneTitlesProps) {
  const tops = useSyncExternalStore(model.paneTops.subscribe, model.paneTops.get);
  const { names } = layOutPanes(sentiment !== null);
  if (tops.length !== names.length) return null;
  const topOf = (name: string) => tops[names.indexOf(name)];
  return (
    <>
      {sentiment !== null && (
        <p className={classes.title} style={{ top: topOf('sentiment') }}>
          <span>News sentiment</span>
          {sentiment !== '' && <span className={classes.plain}>{sentiment}</span>}
        </p>
      )}
      {hasRun && (
        <>
          <p className={classes.title} style={{ top: topOf('price') }}>
            <span className={classes.buy}>▲ Buy</span>
            <span className={classes.sell}>▼ Sell</span>
          </p>
          <p className={classes.title} style={{ top: topOf('net worth') }}>
            <span className={classes.agent}>Net worth, agent</span>
            <span className={classes.benchmark}>Buy and hold</span>
          </p>
          <p className={classes.title} style={{ top: topOf('drawdown') }}>
            <span className={classes.agent}>Drawdown, agent</span>
            <span className={classes.benchmark}>Buy and hold</span>
          </p>
        </>
      )}
    </>
  );
}
