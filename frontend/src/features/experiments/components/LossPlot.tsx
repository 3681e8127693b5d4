import { scaleOver } from '@/lib/chart/scale';
import { ABSENT, formatInteger } from '@/lib/format';
import { lossAt } from '../calculate/curves';
import type { LossPoint } from '../model/TrainingRecord';
import classes from './Charts.module.css';
import { PLOT, StepPlot, type StepView } from './StepPlot';

/** Losses are of any size: so many figures as tell them apart. */
const formatLoss = (loss: number | null) =>
  loss === null ? ABSENT : Number(loss.toPrecision(4)).toString();

/** Loss on the training candles by step. */
export function LossPlot({ losses, view }: { losses: readonly LossPoint[]; view: StepView }) {
  if (losses.length === 0) return <p className={classes.empty}>No loss is reported yet.</p>;
  const y = scaleOver(
    losses.map(({ loss }) => loss),
    PLOT.bottom,
    PLOT.top,
    [],
  );
  return (
    <>
      <div className={classes.key}>
        <span className={classes.entry}>
          <span className={classes.swatch} data-line="loss" />
          Loss <span className={classes.value}>{formatLoss(lossAt(losses, view.hovered))}</span>
        </span>
        {view.hovered !== null && (
          <span className={classes.value}>at step {formatInteger(view.hovered)}</span>
        )}
      </div>
      <StepPlot
        label={`Loss by step, ${formatLoss(lossAt(losses, null))} at last`}
        view={view}
        y={y}
        format={(tick) => Number(tick.toPrecision(3)).toString()}
      >
        {(x) => (
          <polyline
            className={classes.loss}
            points={losses.map(({ step, loss }) => `${x(step)},${y.at(loss)}`).join(' ')}
          />
        )}
      </StepPlot>
    </>
  );
}
