import { scaleOver } from '@/lib/chart/scale';
import { formatInteger, formatRatio } from '@/lib/format';
import { validationAt } from '../calculate/curves';
import type { ValidationStep } from '../model/TrainingRecord';
import classes from './Charts.module.css';
import { PLOT, StepPlot, type StepView } from './StepPlot';

interface SharpePlotProps {
  validations: readonly ValidationStep[];
  view: StepView;
}

const FEW = 40;

/** Sharpe ratio on validation by step, beside that of buy and hold on the same candles. */
export function SharpePlot({ validations, view }: SharpePlotProps) {
  const shown = validationAt(validations, view.hovered ?? view.chosen ?? undefined);
  if (shown === undefined) return <p className={classes.empty}>Not validated yet.</p>;
  const drawn = (name: 'sharpe' | 'buy_and_hold_sharpe') =>
    validations.flatMap((point) =>
      point[name] === null ? [] : [{ step: point.step, value: point[name] }],
    );
  const agent = drawn('sharpe');
  const holding = drawn('buy_and_hold_sharpe');
  const y = scaleOver(
    [...agent, ...holding].map(({ value }) => value),
    PLOT.bottom,
    PLOT.top,
  );
  return (
    <>
      <div className={classes.key}>
        <span className={classes.entry}>
          <span className={classes.swatch} data-line="agent" />
          Agent <span className={classes.value}>{formatRatio(shown.sharpe)}</span>
        </span>
        <span className={classes.entry}>
          <span className={classes.swatch} data-line="holding" />
          Buy and hold{' '}
          <span className={classes.value}>{formatRatio(shown.buy_and_hold_sharpe)}</span>
        </span>
        <span className={classes.value}>at step {formatInteger(shown.step)}</span>
      </div>
      <StepPlot
        label={`Sharpe ratio on validation by step: ${formatRatio(validations.at(-1)?.sharpe)} at last, buy and hold ${formatRatio(validations.at(-1)?.buy_and_hold_sharpe)}`}
        view={view}
        y={y}
        format={formatRatio}
      >
        {(x) => {
          const points = (values: typeof agent) =>
            values.map(({ step, value }) => `${x(step)},${y.at(value)}`).join(' ');
          const [first] = holding;
          return (
            <>
              {first !== undefined && (
                <polyline
                  className={classes.holding}
                  // The same candles at every step: the line is there before the first step is.
                  points={`${x(0)},${y.at(first.value)} ${points(holding)}`}
                />
              )}
              <polyline className={classes.agent} points={points(agent)} />
              {agent.length <= FEW &&
                agent.map(({ step, value }) => (
                  <circle
                    key={step}
                    className={classes.dot}
                    cx={x(step)}
                    cy={y.at(value)}
                    r={2.5}
                  />
                ))}
            </>
          );
        }}
      </StepPlot>
    </>
  );
}
