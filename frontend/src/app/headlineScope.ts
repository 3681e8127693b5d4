import { testNumbers } from '@/features/evaluation/calculate/testNumbers';
import type { Search } from './search';
import type { Evaluation } from './useEvaluation';

/** What the headline shows: the test alone or all that was traded; the latter where no test is. */
export function headlineScope({ report, problem, withheld }: Evaluation, asked: Search['scope']) {
  const test = report === undefined ? null : testNumbers(report);
  const judging = report === undefined && problem === null && !withheld;
  const scope: Search['scope'] = test === null && !judging ? 'whole' : asked;
  return { scope, test, judging };
}
