import type { Verdict } from '@/api/types';
import { VERDICT_WORDS, verdictKind } from '../calculate/verdict';
import classes from './VerdictBadge.module.css';

/** The verdict in a word, with a sign that needs no colour. */
export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  const kind = verdictKind(verdict);
  const { sign, word } = VERDICT_WORDS[kind];
  return (
    <strong className={classes.badge} data-verdict={kind}>
      <span aria-hidden>{sign}</span> {word}
    </strong>
  );
}
