import { Slider } from '@mantine/core';
import { lazy, Suspense, useMemo, useState } from 'react';
import { Section } from '@/components/Section';
import type { Theme } from '@/lib/chart/palette';
import { formatInteger, formatSignedPercent } from '@/lib/format';
import { nearestStep, reach, validationAt } from '../calculate/curves';
import type { OverlayLine } from '../model/OverlayModel';
import type { UnitCurves, ValidationStep } from '../model/TrainingRecord';
import classes from './Charts.module.css';
import { ExposurePlot } from './ExposurePlot';
import { LossPlot } from './LossPlot';
import { SharpePlot } from './SharpePlot';
import type { StepView } from './StepPlot';
import strip from './Strip.module.css';

const OverlayChart = lazy(() => import('./OverlayChart'));

interface TrainingCurvesProps {
  curves: UnitCurves;
  /** Step of the validation that is looked at; undefined follows the latest. */
  at: number | undefined;
  onAt: (step: number | undefined) => void;
  /** First symbol, whose net worth is drawn. */
  symbol: string;
  /** Whether policies are validated on the way; folds keep their best step by what they learn from. */
  validates: boolean;
  theme: Theme;
}

/** How a unit learned: its loss, and what its policy did on validation, step by step. */
export function TrainingCurves(props: TrainingCurvesProps) {
  const { curves, at, onAt, symbol, validates, theme } = props;
  const { losses, validations } = curves;
  const [hovered, setHovered] = useState<number | null>(null);
  const shown = validationAt(validations, at);
  const view: StepView = {
    reach: reach(curves),
    chosen: shown?.step ?? null,
    hovered,
    onHover: setHovered,
    onChoose: (step) => {
      const nearest = nearestStep(validations, step);
      if (nearest !== null) onAt(nearest === validations.at(-1)?.step ? undefined : nearest);
    },
  };
  if (!validates) {
    return (
      <Section title="Loss" note="On the training candles of this fold, by step." wide>
        <LossPlot losses={losses} view={view} />
      </Section>
    );
  }
  return (
    <>
      {validations.length > 1 && (
        <Scrubber validations={validations} at={at} shown={shown} onAt={onAt} />
      )}
      <Section title="Loss" note="On training candles, by step.">
        <LossPlot losses={losses} view={view} />
      </Section>
      <Section title="Sharpe on validation" note="Mean over the symbols, by step.">
        <SharpePlot validations={validations} view={view} />
      </Section>
      <Section
        title="Exposure on validation"
        note="Share of the candles at each rung of the ladder, by step."
      >
        <ExposurePlot validations={validations} view={view} />
      </Section>
      <Section
        title={`Net worth on validation, ${symbol}`}
        note={
          shown === undefined
            ? '100 at the start, beside buy and hold.'
            : `The policy of step ${formatInteger(shown.step)}, 100 at the start: ${formatSignedPercent(shown.total_return_fraction)} over all symbols.`
        }
      >
        <NetWorth shown={shown} symbol={symbol} theme={theme} />
      </Section>
    </>
  );
}

interface ScrubberProps {
  validations: readonly ValidationStep[];
  at: number | undefined;
  shown: ValidationStep | undefined;
  onAt: (step: number | undefined) => void;
}

function Scrubber({ validations, at, shown, onAt }: ScrubberProps) {
  const last = validations.length - 1;
  const index = shown === undefined ? last : validations.indexOf(shown);
  return (
    <div className={strip.scrubber}>
      <span className={strip.word}>Validated at step</span>
      <Slider
        className={strip.slider}
        size="sm"
        min={0}
        max={last}
        value={index}
        onChange={(next) => onAt(next === last ? undefined : validations[next]?.step)}
        label={null}
        thumbLabel="Validation that is looked at"
        thumbValueText={`step ${formatInteger(shown?.step)}`}
      />
      <output className={strip.figure}>
        {formatInteger(shown?.step)}
        {at === undefined && <span> the latest</span>}
      </output>
    </div>
  );
}

function NetWorth({
  shown,
  symbol,
  theme,
}: {
  shown: ValidationStep | undefined;
  symbol: string;
  theme: Theme;
}) {
  const lines = useMemo((): OverlayLine[] => {
    if (shown === undefined) return [];
    const { time, net_worth, buy_and_hold_net_worth } = shown;
    return [
      { name: 'Agent', run: 0, time, value: net_worth },
      { name: 'Buy and hold', run: null, time, value: buy_and_hold_net_worth },
    ];
  }, [shown]);
  if (lines.length === 0) return <p className={classes.empty}>Not validated yet.</p>;
  return (
    <Suspense fallback={<p className={classes.waiting}>Drawing…</p>}>
      <OverlayChart
        label={`Net worth on validation of ${symbol}`}
        lines={lines}
        theme={theme}
        intraday={haveTimeOfDay(lines[0]?.time ?? [])}
      />
    </Suspense>
  );
}

const DAY = 86_400;

/** Whether these times need the time of day to be told apart. */
function haveTimeOfDay(time: readonly number[]): boolean {
  return time.some((moment) => moment % DAY !== 0);
}
