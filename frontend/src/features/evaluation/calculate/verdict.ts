import type { EvaluationReport, Verdict } from '@/api/types';

export type VerdictKind = NonNullable<Verdict> | 'none';

/** A verdict's word, and a sign that says the same where colours are not told apart. */
export const VERDICT_WORDS: Record<VerdictKind, { sign: string; word: string }> = {
  beats: { sign: '▲', word: 'Beats buy and hold' },
  indistinguishable: { sign: '≈', word: 'Indistinguishable from buy and hold' },
  loses: { sign: '▼', word: 'Loses to buy and hold' },
  none: { sign: '?', word: 'No verdict' },
};

export function verdictKind(verdict: Verdict): VerdictKind {
  return verdict ?? 'none';
}

export const PROTOCOL_WORDS: Record<EvaluationReport['protocol'], string> = {
  agent: 'One trained agent',
  tdqn: 'TDQN protocol: trained 2012–2017, tested 2018–2019',
  'walk-forward': 'Walk-forward: trained, validated and tested again on every window',
  ablation: 'News ablation: trained with, without, with shuffled and with lagged news',
  holdout: 'Holdout: trained and validated before, tested once after',
};

/** What the seeds of a report are: runs of training, or the networks of one agent. */
export function seedWord(protocol: EvaluationReport['protocol'], count: number): string {
  const word = protocol === 'agent' ? 'member network' : 'seed';
  return count === 1 ? word : `${word}s`;
}
