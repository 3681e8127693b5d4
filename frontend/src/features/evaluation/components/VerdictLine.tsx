import type { ReactNode } from 'react';
import type { EvaluationReport } from '@/api/types';
import { VerdictBadge } from './VerdictBadge';
import classes from './VerdictLine.module.css';

interface VerdictLineProps {
  report: Pick<EvaluationReport, 'verdict' | 'sentence' | 'alarms'>;
  /** Way to the whole report. */
  children?: ReactNode;
}

/** The verdict with its sentence, and how many alarms speak against believing it. */
export function VerdictLine({ report, children }: VerdictLineProps) {
  const raised = report.alarms.filter((alarm) => alarm.raised).length;
  return (
    <section className={classes.line} aria-label="Verdict">
      <VerdictBadge verdict={report.verdict} />
      <p>
        {report.sentence}
        {raised > 0 && (
          <strong className={classes.alarms}>
            {' '}
            <span aria-hidden>⚠</span> {raised === 1 ? 'One alarm is' : `${raised} alarms are`}{' '}
            raised.
          </strong>
        )}
      </p>
      {children}
    </section>
  );
}
