import { useEffect, useRef, useState } from 'react';
import type { EvaluationCurve, Segment } from '@/api/types';
import { moveByKey } from '@/lib/chart/keys';
import type { Theme } from '@/lib/chart/palette';
import type { Baseline } from '../calculate/baselines';
import { CurveModel } from '../model/CurveModel';
import classes from './CurveChart.module.css';
import { CurveKey } from './CurveKey';

export interface CurveChartProps {
  curve: EvaluationCurve;
  segments: readonly Segment[];
  baselines: readonly Baseline[];
  onBaselines: (baselines: readonly Baseline[]) => void;
  theme: Theme;
  /** What the fan is over: `seeds`, `member networks`. */
  seeds: string;
}

/** Net worth of the seeds beside the baselines; the drawing itself lives in `CurveModel`. */
export default function CurveChart(props: CurveChartProps) {
  const { curve, segments, baselines, onBaselines, theme, seeds } = props;
  const container = useRef<HTMLDivElement>(null);
  const [model, setModel] = useState<CurveModel | null>(null);

  useEffect(() => {
    if (container.current === null) return;
    const created = new CurveModel(container.current, curve, segments);
    setModel(created);
    return () => {
      setModel(null);
      created.remove();
    };
  }, [curve, segments]);
  useEffect(() => model?.setTheme(theme), [model, theme]);
  useEffect(() => model?.showBaselines(baselines), [model, baselines]);

  const name = curve.symbol ?? 'the mean over symbols';
  return (
    <figure className={classes.figure} aria-label={`Curves of ${name}`}>
      <CurveKey
        model={model}
        curve={curve}
        baselines={baselines}
        onBaselines={onBaselines}
        theme={theme}
        seeds={seeds}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields, this is a canvas */}
      <div
        ref={container}
        className={classes.canvas}
        data-price={curve.close !== null}
        role="group"
        aria-label="Net worth over the test. Left and right arrows move the crosshair, plus and minus zoom, a double click shows all."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the crosshair is moved by arrow keys
        tabIndex={0}
        onKeyDown={(event) => moveByKey(event, model)}
      />
    </figure>
  );
}
