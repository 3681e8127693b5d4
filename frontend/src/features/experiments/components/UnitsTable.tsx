import { UnstyledButton } from '@mantine/core';
import type { Experiment, Unit } from '@/api/types';
import numbers from '@/components/Numbers.module.css';
import { ABSENT, formatInteger, formatRatio, formatSignedPercent } from '@/lib/format';
import { describePoint } from '../calculate/points';
import { TASK_WORDS } from '../calculate/states';
import classes from './ExperimentDetail.module.css';
import { PageLink } from './PageLink';
import { StateBadge } from './StateBadge';

interface UnitsTableProps {
  experiment: Experiment;
  units: readonly Unit[];
  /** There are more than are listed. */
  more: boolean;
  /** Unit whose curves are drawn. */
  chosen: number | undefined;
  onChoose: (unit: number) => void;
}

/** Every unit: what it varies, how far it is, and what it came to on validation. */
export function UnitsTable({ experiment, units, more, chosen, onChoose }: UnitsTableProps) {
  const best = experiment.result?.best_unit ?? null;
  const swept = units.some(({ point }) => Object.keys(point).length > 0);
  const folds = units.some(({ fold }) => fold !== null);
  const again = units.some(({ attempts }) => attempts > 1);
  // Columns of what no unit has would be empty: an evaluation learns nothing, a fold has no agent.
  const learns = units.some(({ total }) => total > 0);
  const validated = units.some(({ metrics }) => metrics.sharpe !== undefined);
  const keeps = units.some(({ metrics }) => metrics.kept_step !== undefined);
  const serve = experiment.result?.agents ?? [];
  const told = serve.length > 0 || units.some(({ reason }) => reason !== null);
  const symbol = experiment.symbols[0];
  // Of a sweep the best unit's agent serves alone, whatever the others were called.
  const serves = ({ agent, index }: Unit) =>
    agent !== null && serve.includes(agent) && (experiment.kind !== 'sweep' || index === best);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what does not fit is scrolled to by keys */}
      <section className={classes.units} aria-label="Units, scrolled" tabIndex={0}>
        <table className={numbers.table} aria-label="Units">
          <thead>
            <tr>
              <th scope="col">Unit</th>
              <th scope="col" className={numbers.text}>
                State
              </th>
              {learns && <th scope="col">Seed</th>}
              {folds && <th scope="col">Fold</th>}
              {swept && (
                <th scope="col" className={numbers.text}>
                  Point
                </th>
              )}
              {learns && <th scope="col">Step</th>}
              {keeps && <th scope="col">Kept step</th>}
              {validated && (
                <>
                  <th scope="col">Sharpe</th>
                  <th scope="col">Buy and hold</th>
                  <th scope="col">Return</th>
                  <th scope="col">Trades</th>
                </>
              )}
              {again && <th scope="col">Attempts</th>}
              {told && (
                <th scope="col" className={numbers.text}>
                  Agent
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {units.map((unit) => {
              const { index, task, state, seed, fold, step, total, metrics, agent, reason } = unit;
              return (
                <tr key={index} data-unit={index}>
                  <td>
                    <UnstyledButton
                      fz="inherit"
                      lh="inherit"
                      fw={chosen === index ? 600 : 400}
                      aria-pressed={chosen === index}
                      onClick={() => onChoose(index)}
                    >
                      {index} {TASK_WORDS[task]}
                      {best === index && ' ★ best'}
                    </UnstyledButton>
                  </td>
                  <td className={numbers.text}>
                    <StateBadge state={state} />
                  </td>
                  {learns && <td>{formatInteger(seed)}</td>}
                  {folds && <td>{formatInteger(fold)}</td>}
                  {swept && <td className={numbers.text}>{describePoint(unit.point)}</td>}
                  {learns && (
                    <td>
                      {total === 0 ? ABSENT : `${formatInteger(step)} / ${formatInteger(total)}`}
                    </td>
                  )}
                  {keeps && <td>{formatInteger(metrics.kept_step)}</td>}
                  {validated && (
                    <>
                      <td>{formatRatio(metrics.sharpe)}</td>
                      <td className={numbers.dim}>{formatRatio(metrics.buy_and_hold_sharpe)}</td>
                      <td>{formatSignedPercent(metrics.total_return_fraction)}</td>
                      <td>{formatInteger(metrics.trades)}</td>
                    </>
                  )}
                  {again && <td>{formatInteger(unit.attempts)}</td>}
                  {told && (
                    <td className={numbers.text}>
                      {agent !== null && serves(unit) && symbol !== undefined ? (
                        <PageLink target={{ to: 'chart', agent, symbol }} className={classes.link}>
                          {agent}
                        </PageLink>
                      ) : reason !== null ? (
                        <div className={classes.reason} title={reason}>
                          {reason}
                        </div>
                      ) : (
                        ABSENT
                      )}
                    </td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {more && (
        <p className={`${classes.word} ${classes.dim}`}>
          The first {formatInteger(units.length)} of {formatInteger(experiment.units.total)} units.
        </p>
      )}
    </>
  );
}
