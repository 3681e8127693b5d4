import { useElementSize } from '@mantine/hooks';
import type { StressPoint } from '@/api/types';
import { scaleOver } from '@/lib/chart/scale';
import { formatBps, formatTick, type StressKind } from '../calculate/stress';
import classes from './CostStress.module.css';

interface StressCurveProps {
  points: readonly StressPoint[];
  /** The point that the slider stands on. */
  at: StressPoint;
  breakEven: number | null;
  kind: StressKind;
}

const HEIGHT = 190;
const EDGE = { left: 52, right: 12, top: 8, bottom: 8 };
const NARROWEST = 240;

/** Net result by cost, the agent's beside that of buy and hold, and where it becomes nothing. */
export function StressCurve({ points, at, breakEven, kind }: StressCurveProps) {
  const { ref, width: measured } = useElementSize();
  const width = Math.max(measured, NARROWEST);
  const right = width - EDGE.right;
  const dearest = points.at(-1)?.bps ?? 1;
  const x = (bps: number) => EDGE.left + (bps / (dearest || 1)) * (right - EDGE.left);
  const values = points.flatMap((point) => [
    point.total_return_fraction,
    point.buy_and_hold_total_return_fraction,
  ]);
  const y = scaleOver(values, HEIGHT - EDGE.bottom, EDGE.top);
  const line = (value: (point: StressPoint) => number) =>
    points.map((point) => `${x(point.bps)},${y.at(value(point))}`).join(' ');
  const shown = breakEven !== null && breakEven <= dearest;
  const wordLeft = breakEven !== null && x(breakEven) > width * 0.6;
  return (
    <div ref={ref}>
      <svg className={classes.curve} aria-label={`Total return by ${kind}`} role="img">
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
              {formatTick(tick)}
            </text>
          </g>
        ))}
        <line
          className={classes.cursor}
          x1={x(at.bps)}
          x2={x(at.bps)}
          y1={EDGE.top}
          y2={HEIGHT - EDGE.bottom}
        />
        {shown && (
          <>
            <line
              className={classes.breakEven}
              x1={x(breakEven)}
              x2={x(breakEven)}
              y1={EDGE.top}
              y2={HEIGHT - EDGE.bottom}
            />
            <text
              className={classes.breakEvenWord}
              x={x(breakEven) + (wordLeft ? -5 : 5)}
              y={EDGE.top + 10}
              textAnchor={wordLeft ? 'end' : 'start'}
            >
              break-even {formatBps(breakEven)}
            </text>
          </>
        )}
        <polyline
          className={classes.holding}
          points={line((point) => point.buy_and_hold_total_return_fraction)}
        />
        <polyline className={classes.agent} points={line((point) => point.total_return_fraction)} />
        {points.map((point) => (
          <circle
            key={point.bps}
            className={point === at ? classes.here : classes.dot}
            cx={x(point.bps)}
            cy={y.at(point.total_return_fraction)}
            r={point === at ? 5.5 : 3}
          />
        ))}
      </svg>
    </div>
  );
}
