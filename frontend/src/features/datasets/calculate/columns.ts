import type { Problem } from '@/api/problem';

/**
 * Price columns that a refused file offers: the gateway names them as the problem's field and asks
 * for one as `column`. Empty where that is not what was wrong.
 */
export function offeredColumns(problem: Problem | null): string[] {
  if (problem === null || !problem.detail.includes('`column`')) return [];
  return (problem.field ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
