import { Link } from '@tanstack/react-router';
import { VerdictLine } from '@/features/evaluation/components/VerdictLine';
import classes from './Dashboard.module.css';
import type { Search } from './search';
import type { Evaluation } from './useEvaluation';

/** The agent's verdict on this symbol, with the way to what stands behind it. */
export function VerdictStrip({ evaluation, search }: { evaluation: Evaluation; search: Search }) {
  const { report, problem, waiting, outdated, withheld } = evaluation;
  return (
    <div className={classes.verdict} data-outdated={outdated}>
      {report !== undefined ? (
        <VerdictLine report={report}>
          <Link to="/evaluation" search={{ ...search, report: undefined }}>
            Whole evaluation
          </Link>
        </VerdictLine>
      ) : (
        <p role="status">
          {withheld
            ? 'No verdict on a step of the training: only the finished agent is judged on unseen candles.'
            : problem === null
              ? (waiting ?? 'Judging the agent against buy and hold…')
              : `There is no verdict: ${problem.detail}`}
        </p>
      )}
    </div>
  );
}
