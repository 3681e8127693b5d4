import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { describeWaiting, type Problem, problemOf } from '@/api/problem';
import type { Series, Signals } from '@/api/types';
import { signalsQuery } from '@/features/backtest/api/signals';
import { buildFrame, type Frame } from '@/lib/frame';
import type { Search } from './search';
import { useAgentStep } from './useAgentStep';

export interface Backtest {
  /**
   * The answer, or else the last good one of this symbol: a failure takes nothing off the page.
   * Undefined where there is neither.
   */
  signals: Signals | undefined;
  /** Candles and run as columns; undefined while there are no candles. */
  frame: Frame | undefined;
  /** An answer is on its way; the one before it may still be shown. */
  busy: boolean;
  /** What is shown is not (yet) the answer to what the address asks. */
  outdated: boolean;
  /** What is waited for, where a service may be restarting. */
  waiting: string | null;
  problem: Problem | null;
  retry: () => void;
}

/** The run that the address asks for, on the candles that are there. */
export function useBacktest(search: Search, series: Series | undefined): Backtest {
  const { symbol, agent, start, end, cash, commission_bps, slippage_bps, fill } = search;
  const shown = useAgentStep(search);
  const last = shown.end !== null && (end === undefined || end > shown.end) ? shown.end : end;
  // Dates that begin where a step's candles have ended would leave nothing to trade.
  const first = shown.end !== null && start !== undefined && start > shown.end ? undefined : start;
  const question = signalsQuery({
    symbol,
    agent,
    start: first,
    end: last,
    cash,
    commission_bps,
    slippage_bps,
    fill,
  });
  const query = useQuery({ ...question, enabled: symbol !== undefined && !shown.held });
  const [kept, setKept] = useState<Signals>();
  if (query.data !== undefined && query.data !== kept) setKept(query.data);
  const signals = query.data ?? (kept?.symbol === symbol ? kept : undefined);
  const frame = useMemo(
    () => (series === undefined ? undefined : buildFrame(series, signals)),
    [series, signals],
  );
  return {
    signals,
    frame,
    busy: query.isFetching,
    outdated: signals !== undefined && (query.isFetching || query.error !== null),
    waiting: describeWaiting(query),
    problem: query.error === null ? shown.problem : problemOf(query.error),
    retry: () => void query.refetch(),
  };
}
