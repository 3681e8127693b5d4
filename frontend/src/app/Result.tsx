import { SegmentedControl } from '@mantine/core';
import type { Signals } from '@/api/types';
import { Headline } from '@/components/Headline';
import { EvidenceBadge } from '@/features/backtest/components/EvidenceBadge';
import { formatSpan } from '@/lib/time';
import classes from './Dashboard.module.css';
import { headlineScope } from './headlineScope';
import type { Search } from './search';
import type { Evaluation } from './useEvaluation';

interface ResultProps {
  signals: Signals;
  /** The run is not (yet) the one asked for. */
  outdated: boolean;
  evaluation: Evaluation;
  search: Search;
  change: (part: Partial<Search>) => void;
}

/** Headline numbers: of the test alone, or of all that was traded; the latter where there is no test. */
export function Result({ signals, outdated, evaluation, search, change }: ResultProps) {
  const { scope, test, judging } = headlineScope(evaluation, search.scope);
  // Where there is no verdict for want of unseen candles, nothing is claimed of the seen ones.
  const compared = evaluation.report?.verdict !== null && !evaluation.withheld;
  return (
    <div
      className={classes.result}
      data-outdated={scope === 'test' ? evaluation.outdated : outdated}
    >
      {scope === 'whole' ? (
        <Headline
          cash={signals.passport.cash}
          agent={signals.metrics}
          holding={signals.baselines.buy_and_hold.metrics}
          compared={compared}
        />
      ) : test === null ? (
        <p className={classes.judging}>Scoring the candles that the agent never saw…</p>
      ) : (
        <Headline cash={test.cash} agent={test.agent} holding={test.holding} compared={compared} />
      )}
      <div className={classes.scope}>
        {(test !== null || judging) && (
          <SegmentedControl
            size="xs"
            aria-label="Candles of the headline"
            value={scope}
            onChange={(value) => change({ scope: value as Search['scope'] })}
            data={[
              { value: 'test', label: 'Test alone' },
              { value: 'whole', label: 'All traded' },
            ]}
          />
        )}
        {scope === 'whole' ? (
          <EvidenceBadge segments={signals.segments} onTestOnly={(start) => change({ start })} />
        ) : (
          test !== null && <span>{formatSpan(test.start, test.end)}, from fresh cash</span>
        )}
      </div>
    </div>
  );
}
