import { UnstyledButton } from '@mantine/core';
import { lazy, Suspense, useMemo } from 'react';
import type { Metrics } from '@/api/types';
import numbers from '@/components/Numbers.module.css';
import { Scroller } from '@/components/Scroller';
import { Section } from '@/components/Section';
import type { Theme } from '@/lib/chart/palette';
import { ABSENT, formatWholePercent } from '@/lib/format';
import { formatTime } from '@/lib/time';
import {
  type Difference,
  firstDifference,
  overlayOf,
  type Run,
  settingRows,
} from '../calculate/comparison';
import { strokeOfRun } from '../model/colours';
import charts from './Charts.module.css';
import classes from './Comparison.module.css';

const OverlayChart = lazy(() => import('./OverlayChart'));

/** Metrics in groups, with how each is written, as the app shows them everywhere. */
interface MetricGroup {
  title: string;
  lines: readonly {
    name: keyof Metrics;
    word: string;
    format: (value: number | null) => string;
  }[];
}

interface ComparisonProps {
  runs: readonly Run[];
  symbol: string;
  intraday: boolean;
  metrics: readonly MetricGroup[];
  theme: Theme;
  onRemove: (id: string) => void;
}

const SIDE_BY_SIDE = 3;

/** Runs over each other and side by side: what they came to, and what sets them apart. */
export function Comparison({ runs, symbol, intraday, metrics, theme, onRemove }: ComparisonProps) {
  const lines = useMemo(() => overlayOf(runs), [runs]);
  const settings = useMemo(() => settingRows(runs), [runs]);
  const heads = runs.map(({ id, agent }, index) => {
    const { colour, dash } = strokeOfRun(index, theme);
    return (
      <th key={id} scope="col">
        <span className={classes.head}>
          <span
            className={charts.swatch}
            style={{ borderTopColor: colour, borderTopStyle: dash }}
          />
          <span className={classes.name} title={agent?.name ?? id}>
            {id}
          </span>
        </span>
      </th>
    );
  });
  // Columns that do not fit beside each other stand above each other.
  const crowded = runs.length > SIDE_BY_SIDE;
  const holding = runs.find(({ signals }) => signals !== undefined)?.signals?.baselines.buy_and_hold
    .metrics;
  return (
    <div className={classes.sections}>
      <Section title={`Net worth on ${symbol}`} note="100 at the start, after costs." wide>
        {lines.length === 0 ? (
          <p className={charts.waiting} role="status">
            The agents are deciding…
          </p>
        ) : (
          <Suspense fallback={<p className={charts.waiting}>Drawing…</p>}>
            <OverlayChart
              label={`Net worth of the compared agents on ${symbol}`}
              lines={lines}
              theme={theme}
              intraday={intraday}
              tall
            />
          </Suspense>
        )}
      </Section>
      <Section
        title="First different decision"
        note="The first candle after which a run does not hold what the first one holds."
        wide
      >
        <Differences runs={runs} intraday={intraday} />
      </Section>
      <Section title="Metrics" note="After costs, on these candles." wide={crowded}>
        <Scroller label="Metrics side by side">
          <table className={numbers.table} aria-label="Metrics side by side">
            <thead>
              <tr>
                <td />
                {heads}
                <th scope="col">Buy and hold</th>
              </tr>
            </thead>
            {metrics.map(({ title, lines: rows }) => (
              <tbody key={title}>
                <tr>
                  <th scope="colgroup" colSpan={runs.length + 2} className={classes.group}>
                    {title}
                  </th>
                </tr>
                {rows.map(({ name, word, format }) => (
                  <tr key={name}>
                    <th scope="row">{word}</th>
                    {runs.map(({ id, signals }) => (
                      <td key={id}>
                        {signals === undefined ? ABSENT : format(signals.metrics[name])}
                      </td>
                    ))}
                    <td className={numbers.dim}>
                      {holding === undefined ? ABSENT : format(holding[name])}
                    </td>
                  </tr>
                ))}
              </tbody>
            ))}
          </table>
        </Scroller>
      </Section>
      <Section
        title="Settings"
        note="What differs stands first, on a raised ground."
        wide={crowded}
      >
        <Scroller label="Settings side by side">
          <table className={`${numbers.table} ${classes.settings}`} aria-label="Settings">
            <thead>
              <tr>
                <td />
                {heads}
              </tr>
            </thead>
            <tbody>
              {settings.map(({ name, values, differs }) => (
                <tr key={name} data-differs={differs}>
                  <th scope="row">
                    {name} {differs && <span className={classes.mark}>differs</span>}
                  </th>
                  {values.map((value, index) => (
                    <td key={runs[index]?.id} title={value ?? undefined}>
                      {value ?? ABSENT}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
        <p className={classes.remove}>
          {runs.map(({ id }) => (
            <UnstyledButton key={id} fz={12} title={`Remove ${id}`} onClick={() => onRemove(id)}>
              ✕ Remove {id}
            </UnstyledButton>
          ))}
        </p>
      </Section>
    </div>
  );
}

const hold = ({ action, exposure }: Difference['first']) =>
  `${action === 'hold' ? 'stays at' : `${action}s to`} ${formatWholePercent(exposure)}`;

function Differences({ runs, intraday }: { runs: readonly Run[]; intraday: boolean }) {
  const [first, ...others] = runs;
  const base = first?.signals;
  if (first === undefined || others.length === 0) {
    return <p className={classes.words}>Choose another agent to compare with.</p>;
  }
  return (
    <dl className={classes.differences}>
      {others.map(({ id, signals }) => {
        const difference =
          base === undefined || signals === undefined ? undefined : firstDifference(base, signals);
        return (
          <div key={id}>
            <dt title={id}>{id}</dt>
            <dd>
              {difference === undefined ? (
                'The agents are deciding…'
              ) : difference === null ? (
                `Holds the same as ${first.id} on every candle.`
              ) : (
                <>
                  <strong>{formatTime(difference.time, intraday)}</strong>: {hold(difference.other)}
                  , while {first.id} {hold(difference.first)}
                </>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
