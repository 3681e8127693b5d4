import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Problem, problemOf } from '@/api/problem';
import type { Series, Signals } from '@/api/types';
import { signalsQuery } from '@/features/backtest/api/signals';
import { buildFrame, type Frame } from '@/lib/frame';
import type { Search } from './search';

export interface Backtest {
  /** Undefined while there is no answer, or none that fits the candles. */
  signals: Signals | undefined;
  /** Candles and run as columns; undefined while there are no candles. */
  frame: Frame | undefined;
  /** An answer is on its way; the one before it may still be shown. */
  busy: boolean;
  problem: Problem | null;
  retry: () => void;
}

/** The run that the address asks for, on the candles that are there. */
export function useBacktest(search: Search, series: Series | undefined): Backtest {
  const { symbol, agent, start, end, cash, commission_bps, slippage_bps, fill } = search;
  const query = useQuery(
    signalsQuery({ symbol, agent, start, end, cash, commission_bps, slippage_bps, fill }),
  );
  const signals = query.error === null ? query.data : undefined;
  const frame = useMemo(
    () => (series === undefined ? undefined : buildFrame(series, signals)),
    [series, signals],
  );
  return {
    signals,
    frame,
    busy: query.isFetching,
    problem: query.error === null ? null : problemOf(query.error),
    retry: () => void query.refetch(),
  };
}
