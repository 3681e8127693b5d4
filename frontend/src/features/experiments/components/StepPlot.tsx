import { useElementSize } from '@mantine/hooks';
import type { PointerEvent, ReactNode } from 'react';
import type { Scale } from '@/lib/chart/scale';
import { formatInteger } from '@/lib/format';
import { stepTicks } from '../calculate/curves';
import classes from './Charts.module.css';

/** What all plots over the steps of one training share, so that they are read together. */
export interface StepView {
  /** Steps that the plots reach over. */
  reach: number;
  /** Step of the validation that is looked at; null while there is none. */
  chosen: number | null;
  /** Step under the pointer, in whichever of the plots. */
  hovered: number | null;
  onHover: (step: number | null) => void;
  onChoose: (step: number) => void;
}

interface StepPlotProps {
  label: string;
  view: StepView;
  /** Values to pixels, made for `PLOT.top` and `PLOT.bottom`. */
  y: Scale;
  format: (tick: number) => string;
  /** @param x Pixel of a step. */
  children: (x: (step: number) => number) => ReactNode;
}

const HEIGHT = 200;
const EDGE = { left: 46, right: 10 };
const NARROWEST = 220;
/** Pixels that values lie between. */
export const PLOT = { top: 8, bottom: HEIGHT - 22 };

/** Axes over the steps of a training; pointing reads a step, a click chooses it. */
export function StepPlot({ label, view, y, format, children }: StepPlotProps) {
  const { ref, width: measured } = useElementSize();
  const width = Math.max(measured, NARROWEST);
  const right = width - EDGE.right;
  const x = (step: number) => EDGE.left + (step / view.reach) * (right - EDGE.left);

  function stepUnder(event: PointerEvent<SVGSVGElement>): number {
    const left = event.currentTarget.getBoundingClientRect().left;
    const share = (event.clientX - left - EDGE.left) / (right - EDGE.left);
    return Math.round(Math.min(Math.max(share, 0), 1) * view.reach);
  }

  const line = (step: number | null, className: string | undefined) =>
    step !== null && (
      <line className={className} x1={x(step)} x2={x(step)} y1={PLOT.top} y2={PLOT.bottom} />
    );
  return (
    <div ref={ref}>
      <svg
        className={classes.steps}
        height={HEIGHT}
        role="img"
        aria-label={label}
        onPointerMove={(event) => view.onHover(stepUnder(event))}
        onPointerLeave={() => view.onHover(null)}
        onPointerUp={(event) => view.onChoose(stepUnder(event))}
      >
        {y.ticks.map((tick) => (
          <g key={tick}>
            <line
              className={tick === 0 ? classes.zero : classes.grid}
              x1={EDGE.left}
              x2={right}
              y1={y.at(tick)}
              y2={y.at(tick)}
            />
            <text x={EDGE.left - 6} y={y.at(tick) + 4} textAnchor="end">
              {format(tick)}
            </text>
          </g>
        ))}
        {stepTicks(view.reach).map((tick) => (
          <text
            key={tick}
            x={x(tick)}
            y={HEIGHT - 6}
            textAnchor={x(tick) > right - 24 ? 'end' : tick === 0 ? 'start' : 'middle'}
          >
            {formatInteger(tick)}
          </text>
        ))}
        {children(x)}
        {line(view.chosen, classes.chosen)}
        {line(view.hovered, classes.hovered)}
      </svg>
    </div>
  );
}
