import type { Alarm } from '@/api/types';

export const ALARM_NAMES: Record<Alarm['kind'], string> = {
  policy_collapse: 'Policy collapse',
  few_trades: 'Few trades',
  costs: 'Costs',
  break_even: 'Break-even',
  train_test_agreement: 'Training and test',
  one_seed: 'Seeds',
};

/** `2 alarms are raised: Costs, Seeds.`; null where none is. */
export function summariseAlarms(alarms: readonly Alarm[]): string | null {
  const names = alarms.filter(({ raised }) => raised).map(({ kind }) => ALARM_NAMES[kind]);
  if (names.length === 0) return null;
  const count = names.length === 1 ? 'One alarm is' : `${names.length} alarms are`;
  return `${count} raised: ${names.join(', ')}.`;
}
