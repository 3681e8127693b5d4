import { Checkbox } from '@mantine/core';
import type { Experiment } from '@/api/types';
import { describeAge, secondsSince } from '@/lib/duration';
import { formatRatio } from '@/lib/format';
import { agentOf } from '../calculate/chosen';
import { formatRate, formatTimeLeft, shortProgress } from '../calculate/progress';
import { KIND_WORDS, mayBeStuck } from '../calculate/states';
import classes from './ExperimentList.module.css';
import { PageLink } from './PageLink';
import { ProgressBar } from './ProgressBar';
import { StateBadge } from './StateBadge';

interface ExperimentRowProps {
  experiment: Experiment;
  /** Epoch milliseconds. */
  now: number;
  /** Agents that are chosen to be compared. */
  chosen: readonly string[];
  /** No more can be chosen. */
  full: boolean;
  onChoose: (agent: string) => void;
}

/** One experiment of the list. */
export function ExperimentRow({ experiment, now, chosen, full, onChoose }: ExperimentRowProps) {
  const { id, kind, name, state, symbols, metrics, created_at } = experiment;
  const agent = agentOf(experiment);
  const picked = agent !== null && chosen.includes(agent);
  const all = symbols.join(', ');
  const { sharpe = null, buy_and_hold_sharpe = null } = metrics;
  return (
    <tr data-picked={picked} data-running={state === 'running'}>
      <td data-column="choice">
        {agent !== null && (
          <Checkbox
            size="xs"
            aria-label={`Compare ${name}`}
            title={full && !picked ? 'No more can be compared at once' : `Agent ${agent}`}
            checked={picked}
            disabled={full && !picked}
            onChange={() => onChoose(agent)}
          />
        )}
      </td>
      <td data-column="name">
        <PageLink target={{ to: 'experiment', id }} className={classes.name} title={name}>
          {name}
        </PageLink>
        <span className={classes.kind}>{KIND_WORDS[kind]}</span>
      </td>
      <td data-column="symbols" title={all}>
        {all}
      </td>
      <td data-column="state">
        <StateBadge state={state} />
        {mayBeStuck(experiment, now) && <span className={classes.stuck}>may be stuck</span>}
      </td>
      <td data-column="progress">
        <ProgressBar experiment={experiment} />
        <span className={classes.step}>{shortProgress(experiment)}</span>
      </td>
      <td data-column="rate">
        {formatRate(state === 'running' ? experiment.steps_per_second : null)}
      </td>
      <td data-column="left">{formatTimeLeft(experiment)}</td>
      <td data-column="sharpe" data-known={sharpe !== null}>
        {formatRatio(sharpe)}
        {sharpe !== null && <span> vs {formatRatio(buy_and_hold_sharpe)}</span>}
      </td>
      <td data-column="age" title={created_at}>
        {describeAge(secondsSince(created_at, now))}
      </td>
    </tr>
  );
}
