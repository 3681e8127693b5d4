import type { ReactNode } from 'react';
import type { EvaluationReport } from '@/api/types';
import { summariseAlarms } from '../calculate/alarms';
import { VerdictBadge } from './VerdictBadge';
import classes from './VerdictLine.module.css';

interface VerdictLineProps {
  report: Pick<EvaluationReport, 'verdict' | 'sentence' | 'alarms'>;
  /** Way to the whole report. */
  children?: ReactNode;
}

/** The verdict with its sentence, and the alarms that speak against believing it. */
export function VerdictLine({ report, children }: VerdictLineProps) {
  const alarms = summariseAlarms(report.alarms);
  return (
    <section className={classes.line} aria-label="Verdict">
      <VerdictBadge verdict={report.verdict} />
      <p>
        {report.sentence}
        {alarms !== null && (
          <strong className={classes.alarms}>
            {' '}
            <span aria-hidden>⚠</span> {alarms}
          </strong>
        )}
      </p>
      {children}
    </section>
  );
}
