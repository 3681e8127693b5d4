import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { problemOf } from '@/api/problem';
import type { Agent, Experiment, Unit } from '@/api/types';
import { ProblemNotice } from '@/components/ProblemNotice';
import { Section } from '@/components/Section';
import type { Theme } from '@/lib/chart/palette';
import { formatInteger } from '@/lib/format';
import { unitsQuery } from '../api/units';
import { describePoint } from '../calculate/points';
import { describeSpecification } from '../calculate/specification';
import { STATE_WORDS } from '../calculate/states';
import { unitToShow } from '../calculate/unitToShow';
import { AgentList } from './AgentList';
import { ExperimentActions } from './ExperimentActions';
import classes from './ExperimentDetail.module.css';
import { ExperimentHead } from './ExperimentHead';
import { LogTail } from './LogTail';
import { TrainingCurves } from './TrainingCurves';
import { UnitsTable } from './UnitsTable';
import { useTraining } from './useTraining';

interface DetailView {
  /** Unit whose curves are drawn; undefined for the one that says most. */
  unit: number | undefined;
  /** Step of the validation that is looked at; undefined follows the latest. */
  at: number | undefined;
}

interface ExperimentDetailProps extends DetailView {
  experiment: Experiment;
  reused: boolean;
  agents: readonly Agent[] | undefined;
  theme: Theme;
  onView: (view: Partial<DetailView>) => void;
  onDeleted: () => void;
  /** How the policy of the agents changed, which the app draws from their signals. */
  children?: ReactNode;
}

/** One experiment: how far it is, how it learned, what it left. */
export function ExperimentDetail(props: ExperimentDetailProps) {
  const { experiment, reused, agents, theme, unit, at, onView, onDeleted, children } = props;
  const { id, kind, symbols, result } = experiment;
  const units = useQuery(unitsQuery(id, experiment));
  const training = useTraining(id, unit);
  const list = units.data?.units ?? [];
  const shown = unitToShow(unit, list, training.units, result?.best_unit ?? null);
  const curves = shown === undefined ? undefined : training.units.get(shown);
  const trains = kind !== 'evaluate';
  const drawn = curves !== undefined && (curves.losses.length > 0 || curves.validations.length > 0);
  return (
    <div className={classes.detail}>
      <ExperimentHead experiment={experiment} reused={reused}>
        <ExperimentActions experiment={experiment} onDeleted={onDeleted} />
      </ExperimentHead>
      <div className={classes.sections}>
        {result !== null && result.agents.length > 0 && (
          <Section title={result.agents.length === 1 ? 'Agent' : 'Agents'} wide>
            <AgentList experiment={experiment} agents={agents} />
          </Section>
        )}
        {trains && (
          <div className={classes.bar}>
            <h3>Training</h3>
            {list.length > 1 && (
              <Select
                size="xs"
                w={420}
                maw="100%"
                aria-label="Unit"
                allowDeselect={false}
                searchable
                data={list.map((one) => ({ value: String(one.index), label: nameUnit(one) }))}
                value={shown === undefined ? null : String(shown)}
                onChange={(value) =>
                  value !== null && onView({ unit: Number(value), at: undefined })
                }
              />
            )}
            {training.stream === 'broken' && (
              <span className={classes.stuck} role="status">
                The live connection broke off; it is asked for again.
              </span>
            )}
            {!drawn && (
              <span className={classes.dim} role="status">
                {describeWait(experiment, training.stream)}
              </span>
            )}
          </div>
        )}
        {trains && drawn && (
          <TrainingCurves
            curves={curves}
            at={at}
            onAt={(step) => onView({ at: step })}
            symbol={symbols[0] ?? ''}
            validates={kind !== 'walk-forward'}
            theme={theme}
          />
        )}
        {children}
        <Section
          title="Units"
          note={
            trains && kind !== 'walk-forward'
              ? 'Each is a process of its own; metrics are those on validation.'
              : 'Each is a process of its own.'
          }
          wide
        >
          {units.error !== null ? (
            <ProblemNotice problem={problemOf(units.error)} onRetry={() => void units.refetch()} />
          ) : list.length === 0 ? (
            <p className={classes.word}>
              {units.data === undefined ? 'Fetching units…' : 'It is not cut into units yet.'}
            </p>
          ) : (
            <UnitsTable
              experiment={experiment}
              units={list}
              more={units.data?.more === true}
              chosen={shown}
              onChoose={(index) => onView({ unit: index, at: undefined })}
            />
          )}
        </Section>
        <Section title="What is done">
          <dl className={classes.settings}>
            {describeSpecification(experiment).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </Section>
        <Section title="Log">
          <LogTail log={training.log} stream={training.stream} />
        </Section>
      </div>
    </div>
  );
}

function nameUnit({ index, seed, fold, point, state }: Unit): string {
  const parts = [
    seed === null ? '' : `seed ${seed}`,
    fold === null ? '' : `fold ${fold}`,
    describePoint(point),
    STATE_WORDS[state].word.toLowerCase(),
  ];
  return `Unit ${index}: ${parts.filter((part) => part !== '').join(', ')}`;
}

function describeWait({ state, units }: Experiment, stream: string): string {
  if (state === 'queued') return 'It waits for its turn; curves are drawn as soon as it learns.';
  if (state === 'running') {
    return units.running === 0
      ? 'Its first unit is about to begin.'
      : 'Curves are drawn with the first report of a unit.';
  }
  return stream === 'ended'
    ? `No curve was kept (${formatInteger(units.total)} units).`
    : 'Reading what happened…';
}
