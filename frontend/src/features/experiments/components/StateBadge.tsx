import type { ExperimentState } from '@/api/types';
import { STATE_WORDS } from '../calculate/states';
import classes from './StateBadge.module.css';

/** The state of an experiment or a unit in a word, with a sign that needs no colour. */
export function StateBadge({ state }: { state: ExperimentState }) {
  const { sign, word } = STATE_WORDS[state];
  return (
    <span className={classes.badge} data-state={state}>
      <span aria-hidden>{sign}</span> {word}
    </span>
  );
}
