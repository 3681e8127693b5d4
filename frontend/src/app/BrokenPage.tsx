import type { ErrorComponentProps } from '@tanstack/react-router';
import { problemOf } from '@/api/problem';
import { ProblemNotice } from '@/components/ProblemNotice';
import classes from './Dashboard.module.css';

/** In the place of a page that could not be drawn. */
export function BrokenPage({ error }: ErrorComponentProps) {
  return (
    <div className={classes.notice}>
      <ProblemNotice problem={problemOf(error)} onRetry={() => window.location.reload()}>
        Nothing is lost: what runs goes on, and the address holds what was shown.
      </ProblemNotice>
    </div>
  );
}
