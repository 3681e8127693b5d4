import { useQueryClient } from '@tanstack/react-query';
import type { EvaluationReport, Looks, Signals } from '@/api/types';
import { latestLooks } from '@/lib/looks';

/**
 * One count of looks on every page: the newest among the answers about a symbol that are kept,
 * whichever question each of them answered.
 *
 * @param symbol Symbol of the address; undefined where none is asked about.
 * @param looks Count of the answer that is shown.
 */
export function useLooks(symbol: string | undefined, looks: Looks | null): Looks | null {
  const cache = useQueryClient();
  if (symbol === undefined || looks === null) return looks;
  const kept = ['signals', 'evaluation'].flatMap((kind) =>
    cache.getQueriesData<Signals | EvaluationReport>({ queryKey: [kind, symbol] }),
  );
  return latestLooks([looks, ...kept.map(([, answer]) => answer?.looks)]);
}
