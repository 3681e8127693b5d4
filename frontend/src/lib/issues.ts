import type { Issue } from '@/api/types';

/** `close_outside_range` as a reader would write it: `Close outside range`. */
export function describeKind(kind: string): string {
  const words = kind.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether the file shows an error that `repair` may put right. */
export function isRepairable(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.action === 'kept' && /split|unit/.test(issue.kind));
}

/** Rows that all entries stand for together. */
export function countRows(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.count ?? 1), 0);
}
