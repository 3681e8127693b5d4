import { scaleOver } from '@/lib/chart/scale';
import { formatInteger, formatWholePercent } from '@/lib/format';
import { exposureMix, rungColour, validationAt } from '../calculate/curves';
import type { ValidationStep } from '../model/TrainingRecord';
import classes from './Charts.module.css';
import { PLOT, StepPlot, type StepView } from './StepPlot';

interface ExposurePlotProps {
  validations: readonly ValidationStep[];
  view: StepView;
}

/** `out`, `0.5`, `full`, `short 1`: what a rung holds. */
function rungWord(exposure: number): string {
  if (exposure === 0) return 'Out';
  if (exposure === 1) return 'All in';
  return exposure < 0
    ? `Short ${formatWholePercent(-exposure)}`
    : `${formatWholePercent(exposure)} in`;
}

/** Share of the validation candles that the policy of each step spends at each rung. */
export function ExposurePlot({ validations, view }: ExposurePlotProps) {
  const shown = validationAt(validations, view.hovered ?? view.chosen ?? undefined);
  if (shown === undefined) return <p className={classes.empty}>Not validated yet.</p>;
  const y = scaleOver([0, 1], PLOT.bottom, PLOT.top);
  const mix = shown.exposures.map(
    (exposure, rung) =>
      `${rungWord(exposure)} ${formatWholePercent(shown.exposure_fractions[rung])}`,
  );
  return (
    <>
      <div className={classes.key}>
        {shown.exposures.map((exposure, rung) => (
          <span key={exposure} className={classes.entry}>
            <span
              className={classes.swatch}
              data-line="rung"
              style={{ background: rungColour(exposure) }}
            />
            {rungWord(exposure)}{' '}
            <span className={classes.value}>
              {formatWholePercent(shown.exposure_fractions[rung])}
            </span>
          </span>
        ))}
        <span className={classes.value}>at step {formatInteger(shown.step)}</span>
      </div>
      <StepPlot
        label={`Share of validation candles at each exposure, at step ${formatInteger(shown.step)}: ${mix.join(', ')}`}
        view={view}
        y={y}
        format={formatWholePercent}
      >
        {(x) =>
          exposureMix(validations).flatMap(({ from, to, rungs }) =>
            rungs.map(({ exposure, low, high }) => (
              <rect
                key={`${to} ${exposure}`}
                className={classes.rung}
                x={x(from)}
                width={Math.max(x(to) - x(from), 0.5)}
                y={y.at(high)}
                height={Math.max(y.at(low) - y.at(high), 0)}
                fill={rungColour(exposure)}
              />
            )),
          )
        }
      </StepPlot>
    </>
  );
}
