import type { Problem } from '@/api/problem';
import type { Draft } from './draft';
import { SETTINGS } from './settings';

/** Names that the services give a field other than its own. */
const OTHER_NAMES: Record<string, string> = {
  steps: 'budget',
  budget_seconds: 'budget',
  exposure_ladder: 'ladder.rungs',
  ladder: 'ladder.rungs',
  network: 'network.hidden',
};
const PLAIN = ['name', 'start', 'end', 'agent'];

/**
 * The field of the form that a refusal is about, as `Refusals` names it; null where the form has
 * none, and it is said below.
 */
export function fieldOf(problem: Problem, draft: Draft): string | null {
  const field = (problem.field ?? '').replace(/^config\./, '');
  if (field === '') return null;
  const [head = '', index] = field.split('.');
  if (head === 'symbols' || head === 'series') return 'symbols';
  if (head === 'seeds') return 'seeds';
  if (PLAIN.includes(field)) return field;
  const varied = draft.kind === 'sweep' ? draft.grid : [];
  if (head === 'grid') {
    const line = varied.find(({ path }) => field.startsWith(`grid.${path}`));
    return line === undefined || index === undefined ? 'grid' : `grid.${line.path}`;
  }
  const named = OTHER_NAMES[field] ?? field;
  if (named === 'budget') return named;
  const setting = SETTINGS.find(
    ({ path }) => named === path || named.startsWith(`${path}.`) || path.endsWith(`.${named}`),
  );
  if (setting === undefined) return null;
  // A value out of bounds in the grid is refused by the name of its setting.
  if (varied.some(({ path }) => path === setting.path)) return `grid.${setting.path}`;
  return setting.kinds.includes(draft.kind) ? setting.path : null;
}

/** A refusal as it stands at its field; of one of several symbols it says which. */
export function wordsAt(problem: Problem, draft: Draft): string {
  const index = /^(?:symbols|series)\.(\d+)/.exec(problem.field ?? '')?.[1];
  const symbol = index === undefined ? undefined : draft.symbols[Number(index)];
  return symbol === undefined || problem.detail.includes(symbol)
    ? problem.detail
    : `${symbol}: ${problem.detail}`;
}
