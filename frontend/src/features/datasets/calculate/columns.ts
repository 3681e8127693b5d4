import type { Problem } from '@/api/problem';

/** Price columns that a refused file offers; empty where that is not what was wrong. */
export function offeredColumns(problem: Problem | null): string[] {
  return problem?.field === 'column' ? (problem.choices ?? []) : [];
}
