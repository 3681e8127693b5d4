import type { ReactNode } from 'react';
import type { Experiment } from '@/api/types';
import { FigureList } from '@/components/FigureList';
import { describeAge, formatDuration, secondsSince } from '@/lib/duration';
import { ABSENT, formatRatio } from '@/lib/format';
import { useNow } from '@/lib/useNow';
import { formatRate, formatTimeLeft, progressFigure, ranSeconds } from '../calculate/progress';
import { hasEnded, KIND_WORDS, mayBeStuck, silence } from '../calculate/states';
import classes from './ExperimentDetail.module.css';
import { PageLink } from './PageLink';
import { ProgressBar } from './ProgressBar';
import { StateBadge } from './StateBadge';

interface ExperimentHeadProps {
  experiment: Experiment;
  /** The answer to the press of the button was an earlier experiment. */
  reused: boolean;
  children: ReactNode;
}

const TICK_MS = 1000;

/** What it is, how far it is, and whether it lives. */
export function ExperimentHead({ experiment, reused, children }: ExperimentHeadProps) {
  const { name, kind, symbols, state, reason, created_at, metrics } = experiment;
  const now = useNow(TICK_MS);
  const silent = silence(experiment, now);
  const stuck = mayBeStuck(experiment, now);
  const ran = ranSeconds(experiment, now);
  const { sharpe = null, buy_and_hold_sharpe = null } = metrics;
  const ended = hasEnded(experiment);
  const figures = [
    { name: 'Progress', ...progressFigure(experiment) },
    ...(ended
      ? []
      : [
          {
            name: 'Rate',
            value: formatRate(state === 'running' ? experiment.steps_per_second : null),
          },
          { name: 'Time left', value: formatTimeLeft(experiment) },
          {
            name: 'Last sign of life',
            value: silent === null ? ABSENT : describeSilence(silent),
          },
        ]),
    { name: ended ? 'Took' : 'Running for', value: ran === null ? ABSENT : formatDuration(ran) },
    ...(sharpe === null
      ? []
      : [
          {
            name: 'Sharpe, validation',
            value: formatRatio(sharpe),
            beside: `vs ${formatRatio(buy_and_hold_sharpe)}`,
          },
        ]),
  ];
  return (
    <section className={classes.top} aria-labelledby="experiment">
      <PageLink target={{ to: 'list' }} className={classes.back}>
        ‹ All experiments
      </PageLink>
      <div className={classes.headline}>
        <div className={classes.title}>
          <h2 id="experiment">{name}</h2>
          <StateBadge state={state} />
          <p>
            {KIND_WORDS[kind]}: {symbols.join(', ')}; asked for{' '}
            <span title={created_at}>{describeAge(secondsSince(created_at, now))}</span>
          </p>
        </div>
        <div className={classes.actions}>{children}</div>
      </div>
      <ProgressBar experiment={experiment} />
      <FigureList label="Progress" figures={figures} columns />
      {stuck && (
        <p className={classes.word} role="status">
          <strong className={classes.stuck}>
            ⚠ It may be stuck: nothing was heard of it for {formatDuration(silent ?? 0)}.
          </strong>{' '}
          A unit whose process dies is begun again from its last checkpoint by itself; cancel the
          experiment if this goes on.
        </p>
      )}
      {state === 'failed' && (
        <p className={classes.word} role="alert">
          <strong className={classes.failed}>It failed.</strong> {reason ?? 'No reason was given.'}
        </p>
      )}
      {reused && (
        <p className={`${classes.word} ${classes.dim}`} role="status">
          This is the earlier result of the same experiment: the same candles, settings and code
          come to the same result, so that nothing was computed again.
        </p>
      )}
    </section>
  );
}

const FRESH_SECONDS = 2;

function describeSilence(seconds: number): string {
  return seconds < FRESH_SECONDS ? 'just now' : `${formatDuration(seconds)} ago`;
}
