import type { Looks } from '@/api/types';

export const LOOKS_MEANING =
  'Looks at these dates by agents of this line of work, all symbols together. Every look makes a good result easier to find by chance.';

/** The newest count of a line of work: a cached answer was counted earlier, and so lower. */
export function latestLooks(answers: readonly (Looks | null | undefined)[]): Looks | null {
  const [first, ...others] = answers.filter((looks) => looks !== null && looks !== undefined);
  if (first === undefined) return null;
  return others
    .filter(({ lineage }) => lineage === first.lineage)
    .reduce((latest, looks) => (looks.total > latest.total ? looks : latest), first);
}
