import { useMemo } from 'react';
import { ProblemNotice } from '@/components/ProblemNotice';
import { AgentCard } from '@/features/backtest/components/AgentCard';
import { Assumptions } from '@/features/backtest/components/Assumptions';
import { MetricsPanel } from '@/features/backtest/components/MetricsPanel';
import { isoDate } from '@/lib/time';
import classes from './Dashboard.module.css';
import { DEFAULT_COSTS, type Search } from './search';
import type { Backtest } from './useBacktest';
import { useLooks } from './useLooks';

interface SidePanelProps {
  backtest: Backtest;
  search: Search;
  span: { first: number; last: number };
  change: (part: Partial<Search>) => void;
}

/** What may be changed, what came of it, and who decided. */
export function SidePanel({ backtest, search, span, change }: SidePanelProps) {
  const { signals, problem, busy, outdated, waiting, retry } = backtest;
  const { cash, commission_bps, slippage_bps, fill, start, end } = search;
  const values = useMemo(
    () => ({ cash, commission_bps, slippage_bps, fill, start, end }),
    [cash, commission_bps, slippage_bps, fill, start, end],
  );
  const looks = useLooks(search.symbol, signals?.looks ?? null);
  // Of a run that answers another question the rule in force says nothing about this one.
  const overruled =
    signals !== undefined && signals.fill_requested === fill && signals.fill_used !== fill
      ? signals.fill_used
      : null;
  return (
    <aside className={classes.side} aria-label="Backtest">
      <div className={classes.card}>
        <Assumptions
          values={values}
          defaults={DEFAULT_COSTS}
          span={{ start: isoDate(span.first), end: isoDate(span.last) }}
          state={
            busy ? 'running' : problem !== null ? 'failed' : signals === undefined ? 'none' : 'done'
          }
          overruled={overruled}
          onChange={change}
        />
      </div>
      {problem !== null && (
        <div className={classes.card}>
          <ProblemNotice problem={problem} onRetry={retry}>
            {signals === undefined
              ? 'Until then the candles are shown without signals.'
              : 'The dimmed figures and marks are those of the last run that worked.'}
          </ProblemNotice>
        </div>
      )}
      {(waiting !== null || (signals === undefined && problem === null)) && (
        <p className={classes.waiting} role="status">
          {waiting ?? 'The agent is deciding…'}
        </p>
      )}
      {signals !== undefined && (
        <>
          <div className={classes.card} data-outdated={outdated}>
            <MetricsPanel
              agent={signals.metrics}
              benchmark={signals.baselines.buy_and_hold.metrics}
              span={signals.passport}
            />
          </div>
          <div className={classes.card}>
            <AgentCard signals={signals} looks={looks ?? signals.looks} />
          </div>
        </>
      )}
    </aside>
  );
}
