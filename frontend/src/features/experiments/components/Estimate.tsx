import type { Problem } from '@/api/problem';
import type { ExperimentEstimate } from '@/api/types';
import { FigureList } from '@/components/FigureList';
import { ProblemNotice } from '@/components/ProblemNotice';
import { formatDuration } from '@/lib/duration';
import { formatInteger } from '@/lib/format';
import { formatRate } from '../calculate/progress';
import classes from './ExperimentForm.module.css';

interface EstimateProps {
  estimate: ExperimentEstimate | undefined;
  asking: boolean;
  /** What is refused that no field of the form stands for. */
  problem: Problem | null;
  /** A field is refused, where that is said. */
  refused: boolean;
}

const TOO_MANY = 429;

/** What the experiment would take, before it is started. */
export function Estimate({ estimate, asking, problem, refused }: EstimateProps) {
  if (problem !== null) {
    return (
      <ProblemNotice problem={problem}>
        {problem.status === TOO_MANY ? describeWait(problem) : undefined}
      </ProblemNotice>
    );
  }
  if (refused) {
    return (
      <p className={classes.words} role="status">
        A field above is refused; it says why.
      </p>
    );
  }
  if (estimate === undefined) {
    return (
      <p className={classes.words} role="status">
        {asking ? 'Estimating…' : 'What it will take is said here once the form is filled.'}
      </p>
    );
  }
  const { units, steps, total_steps, seconds, measured } = estimate;
  const figures = [
    { name: units === 1 ? 'Unit' : 'Units', value: formatInteger(units) },
    ...(steps === null
      ? []
      : [
          {
            name: 'Steps',
            value: formatInteger(total_steps),
            beside: units === 1 ? undefined : `${formatInteger(steps)} each`,
          },
        ]),
    { name: 'Time', value: `${measured ? '' : '≈ '}${formatDuration(seconds)}` },
  ];
  return (
    <div className={classes.estimate} data-asking={asking} role="status">
      <FigureList label="Estimate" figures={figures} />
      <p className={classes.words}>{describeRate(estimate)}</p>
    </div>
  );
}

function describeWait({ retry_after_seconds: wait }: Problem): string {
  return wait === undefined
    ? 'Try again when something in the list has ended.'
    : `Try again in ${formatDuration(wait)}.`;
}

function describeRate({ steps, steps_per_second, measured }: ExperimentEstimate): string {
  const rate = steps === null ? '' : `${formatRate(steps_per_second)} a unit`;
  if (measured) return `Measured here on like units${rate === '' ? '' : `: ${rate}`}.`;
  return `A guess: nothing like it has run here yet${rate === '' ? '' : ` (${rate} assumed)`}.`;
}
