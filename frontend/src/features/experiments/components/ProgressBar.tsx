import type { Experiment } from '@/api/types';
import { describeProgress, progressOf } from '../calculate/progress';
import classes from './ProgressBar.module.css';

/** How much of an experiment is done, in the colour of its state. */
export function ProgressBar({ experiment }: { experiment: Experiment }) {
  const done = Math.round(progressOf(experiment) * 100);
  return (
    <span
      className={classes.bar}
      role="progressbar"
      aria-label={`Progress of ${experiment.name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={done}
      aria-valuetext={describeProgress(experiment)}
    >
      <span className={classes.done} data-state={experiment.state} style={{ width: `${done}%` }} />
    </span>
  );
}
