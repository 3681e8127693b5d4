import { UnstyledButton } from '@mantine/core';
import { useMemo, useSyncExternalStore } from 'react';
import type { EvaluationCurve } from '@/api/types';
import type { Theme } from '@/lib/chart/palette';
import { formatMoney, formatPrice } from '@/lib/format';
import { priceDecimals } from '@/lib/price';
import { formatTime } from '@/lib/time';
import { BASELINE_WORDS, BASELINES, type Baseline } from '../calculate/baselines';
import { haveTimeOfDay } from '../calculate/curves';
import type { CurveModel } from '../model/CurveModel';
import { BASELINE_COLOURS, BASELINE_DASHES } from '../model/colours';
import classes from './CurveChart.module.css';

interface CurveKeyProps {
  model: Pick<CurveModel, 'hovered'> | null;
  curve: EvaluationCurve;
  baselines: readonly Baseline[];
  onBaselines: (baselines: readonly Baseline[]) => void;
  theme: Theme;
  seeds: string;
}

const nothing = () => () => {};
const nowhere = () => null;

/** What the lines are and what they stand at: under the crosshair, or else at the end. */
export function CurveKey(props: CurveKeyProps) {
  const { model, curve, baselines, onBaselines, theme, seeds } = props;
  const hovered = useSyncExternalStore(
    model?.hovered.subscribe ?? nothing,
    model?.hovered.get ?? nowhere,
  );
  const index = hovered ?? curve.time.length - 1;
  const time = curve.time[index];
  const intraday = useMemo(() => haveTimeOfDay(curve.time), [curve.time]);
  const decimals = useMemo(() => priceDecimals(curve.close ?? [], curve.close ?? []), [curve]);
  const money = (values: readonly number[]) => (
    <span className={classes.value}>{formatMoney(values[index])}</span>
  );
  const { agent, median, low, high, worst } = curve;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields, these are a key
    <div className={classes.key} role="group" aria-label="Lines">
      {time !== undefined && (
        <span className={`${classes.entry} ${classes.date}`}>{formatTime(time, intraday)}</span>
      )}
      {curve.close !== null && (
        <span className={classes.entry}>
          Close <span className={classes.value}>{formatPrice(curve.close[index], decimals)}</span>
        </span>
      )}
      {agent !== null && (
        <span className={classes.entry}>
          <span className={classes.swatch} style={{ borderTopStyle: 'solid' }} />
          Agent {money(agent)}
        </span>
      )}
      {median !== null && (
        <span className={classes.entry}>
          <span
            className={classes.swatch}
            style={{ borderTopStyle: 'solid', borderTopWidth: agent === null ? 2 : 1 }}
          />
          Median of {seeds} {money(median)}
        </span>
      )}
      {low !== null && high !== null && (
        <span className={classes.entry}>
          <span className={classes.swatch} data-band />
          10–90 %{' '}
          <span className={classes.value}>
            {formatMoney(low[index])} to {formatMoney(high[index])}
          </span>
        </span>
      )}
      {worst !== null && (
        <span className={classes.entry}>
          <span
            className={classes.swatch}
            style={{ borderTopStyle: 'dotted', borderTopWidth: 1 }}
          />
          Worst {money(worst)}
        </span>
      )}
      {BASELINES.map((baseline) => {
        const on = baselines.includes(baseline);
        const toggled = on ? baselines.filter((one) => one !== baseline) : [...baselines, baseline];
        return (
          <UnstyledButton
            key={baseline}
            className={`${classes.entry} ${classes.toggle}`}
            aria-pressed={on}
            onClick={() => onBaselines(toggled)}
          >
            <span
              className={classes.swatch}
              data-off={!on}
              style={{
                borderTopStyle: BASELINE_DASHES[baseline],
                borderTopColor: BASELINE_COLOURS[theme][baseline],
              }}
            />
            {BASELINE_WORDS[baseline].name} {on && money(curve[baseline])}
          </UnstyledButton>
        );
      })}
    </div>
  );
}
