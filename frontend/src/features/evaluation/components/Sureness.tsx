import type { EvaluationReport, Looks } from '@/api/types';
import { Term } from '@/components/Term';
import { statements } from '../calculate/sureness';
import classes from './List.module.css';

/** Looks, configurations and what the Sharpe ratio is worth after them. */
export function Sureness({ report, looks }: { report: EvaluationReport; looks: Looks | null }) {
  return (
    <dl className={classes.list}>
      {statements(report, looks).map(({ word, meaning, text }) => (
        <div key={word}>
          <dt>
            <Term word={word} definition={meaning} />
          </dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
