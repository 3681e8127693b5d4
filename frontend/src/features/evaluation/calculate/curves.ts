import type { EvaluationCurve, EvaluationReport } from '@/api/types';
import type { Baseline } from './baselines';

/** Name of the mean over all symbols, where curves are chosen by symbol. */
export const MEAN = 'mean';

export const AGENT_LINES = ['agent', 'median', 'low', 'high', 'worst'] as const;
type AgentLine = (typeof AGENT_LINES)[number];
export type LineName = AgentLine | Baseline;

const DAY_SECONDS = 86_400;

/** Whether these candles need the time of day to be told apart. */
export function haveTimeOfDay(time: readonly number[]): boolean {
  return time.some((moment) => moment % DAY_SECONDS !== 0);
}

/** Curve of a symbol or of the mean; of one symbol alone its own, for that one has prices. */
export function findCurve(
  { curves }: EvaluationReport,
  wanted: string | undefined,
): EvaluationCurve | undefined {
  const named = curves.find(({ symbol }) => (symbol ?? MEAN) === wanted);
  const own = curves.length === 2 ? curves.find(({ symbol }) => symbol !== null) : undefined;
  return named ?? own ?? curves[0];
}

/**
 * A curve without its fan where one seed makes none: the seed's own line stands for the agent.
 *
 * @param seeds How many seeds, or member networks, the fan is over.
 */
export function foldFan(curve: EvaluationCurve, seeds: number): EvaluationCurve {
  if (seeds > 1) return curve;
  const { agent, median } = curve;
  return { ...curve, agent: agent ?? median, median: null, low: null, high: null, worst: null };
}

/** A curve on one time axis: closes before the test, then the test. */
export interface DrawnCurve {
  time: readonly number[];
  /** Close of every candle; null where the curve is a mean, which has no price. */
  close: readonly number[] | null;
  /** Index of the first test candle. */
  first: number;
}

export function joinHistory({ time, close, history }: EvaluationCurve): DrawnCurve {
  if (history === null || close === null) return { time, close, first: 0 };
  return {
    time: [...history.time, ...time],
    close: [...history.close, ...close],
    first: history.time.length,
  };
}
