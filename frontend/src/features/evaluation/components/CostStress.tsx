import { SegmentedControl, Slider } from '@mantine/core';
import type { CostStress as Stress } from '@/api/types';
import { formatInteger, formatRatio, formatSignedPercent } from '@/lib/format';
import {
  describeAgainstHolding,
  describeBreakEven,
  pointAt,
  type StressKind,
} from '../calculate/stress';
import classes from './CostStress.module.css';
import { StressCurve } from './StressCurve';

interface CostStressProps {
  stress: Stress;
  kind: StressKind;
  onKind: (kind: StressKind) => void;
  /** Cost asked for; undefined for what was charged. */
  bps: number | undefined;
  onBps: (bps: number) => void;
  charged: Record<StressKind, number>;
}

/** The same decisions at other costs: how much of the result is left. */
export function CostStress({ stress, kind, onKind, bps, onBps, charged }: CostStressProps) {
  const points = stress[kind];
  const point = pointAt(points, bps, charged[kind]);
  if (point === undefined) return null;
  const other = kind === 'commission' ? 'slippage' : 'commission';
  const entries: [string, string, string][] = [
    [
      'Total return',
      formatSignedPercent(point.total_return_fraction),
      formatSignedPercent(point.buy_and_hold_total_return_fraction),
    ],
    ['Sharpe', formatRatio(point.sharpe), formatRatio(point.buy_and_hold_sharpe)],
  ];
  return (
    <div>
      <SegmentedControl
        size="xs"
        aria-label="Cost that is stressed"
        value={kind}
        onChange={(value) => onKind(value as StressKind)}
        data={[
          { value: 'commission', label: 'Commission' },
          { value: 'slippage', label: 'Slippage' },
        ]}
      />
      <StressCurve
        points={points}
        at={point}
        breakEven={kind === 'commission' ? stress.break_even_commission_bps : null}
        kind={kind}
      />
      <div className={classes.slider}>
        <Slider
          value={point.bps}
          onChange={(chosen) => chosen !== point.bps && onBps(chosen)}
          min={points[0]?.bps ?? 0}
          max={points.at(-1)?.bps ?? 0}
          restrictToMarks
          size="sm"
          classNames={{ markLabel: classes.markLabel }}
          label={null}
          thumbLabel={`Stressed ${kind}, bps`}
          thumbValueText={`${formatInteger(point.bps)} bps`}
          marks={points.map(({ bps: mark }) => ({ value: mark, label: formatInteger(mark) }))}
        />
      </div>
      <table className={classes.numbers} aria-label="Result at this cost">
        <thead>
          <tr>
            <th scope="col">
              At {formatInteger(point.bps)} bps of {kind}
            </th>
            <th scope="col">Agent</th>
            <th scope="col">Buy and hold</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(([name, agent, holding]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{agent}</td>
              <td>{holding}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.words}>
        {describeBreakEven(stress)} {describeAgainstHolding(stress)}
      </p>
      <p className={classes.foot}>
        The {other} stays at {formatInteger(charged[other])} bps. Re-priced, not retrained.
      </p>
    </div>
  );
}
