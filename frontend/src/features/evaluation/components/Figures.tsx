import type { EvaluationReport } from '@/api/types';
import { Term } from '@/components/Term';
import { headlineFigures } from '../calculate/figures';
import classes from './Figures.module.css';

/** The numbers to read first; all are from unseen candles. */
export function Figures({ report }: { report: EvaluationReport }) {
  const figures = headlineFigures(report);
  if (figures.length === 0) return null;
  return (
    <dl className={classes.figures} aria-label="Result on unseen candles">
      {figures.map(({ name, value, beside, meaning }) => (
        <div key={name}>
          <dt>
            <Term word={name} definition={meaning} />
          </dt>
          <dd>
            {value}
            {beside !== undefined && <span>{beside}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
