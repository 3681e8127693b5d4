import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { problemOf } from '@/api/problem';
import type { EvaluationReport } from '@/api/types';
import { ProblemNotice } from '@/components/ProblemNotice';
import { runAgain } from '../api/evaluations';
import { compareRuns, shorten } from '../calculate/comparison';
import classes from './Passport.module.css';

/** Status of a passport whose candles or agent are no longer there. */
const CONFLICT = 409;

/** Computes the report anew from its passport and says whether the numbers are the same. */
export function RunAgain({ report }: { report: EvaluationReport }) {
  const again = useMutation({ mutationFn: () => runAgain(report.passport) });
  const second = again.data;
  const outcome = second === undefined ? null : compareRuns(report, second);
  return (
    <>
      <Button size="xs" variant="filled" loading={again.isPending} onClick={() => again.mutate()}>
        Run again
      </Button>
      {outcome !== null && second !== undefined && (
        <p className={classes.outcome} role="status" data-same={outcome.same}>
          {outcome.same ? '✓' : '≠'} {outcome.sentence}{' '}
          <span>
            {shorten(report.passport.result_hash)}
            {outcome.same ? '' : ` → ${shorten(second.passport.result_hash)}`}
          </span>
        </p>
      )}
      {again.error !== null && (
        <div className={classes.problem}>
          <ProblemNotice problem={problemOf(again.error)}>
            {problemOf(again.error).status === CONFLICT
              ? 'Reload the page to judge what is there now.'
              : undefined}
          </ProblemNotice>
        </div>
      )}
    </>
  );
}
