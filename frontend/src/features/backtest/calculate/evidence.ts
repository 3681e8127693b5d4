import type { Segment } from '@/api/types';

export interface Evidence {
  /** What the traded candles prove: a test, none, or a mixture of both. */
  kind: 'test' | 'partly' | 'known';
  /** First candle of the test, epoch seconds; null where there is none. */
  testStart: number | null;
}

/** How much of a run was traded on candles that the agent had not seen in any way. */
export function weighEvidence(segments: readonly Segment[]): Evidence {
  const tests = segments.filter(({ kind }) => kind === 'test').map(({ start }) => start);
  if (tests.length === 0) return { kind: 'known', testStart: null };
  return {
    kind: tests.length === segments.length ? 'test' : 'partly',
    testStart: Math.min(...tests),
  };
}
