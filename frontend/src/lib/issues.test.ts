import { expect, test } from 'vitest';
import type { Issue } from '@/api/types';
import { countRows, describeKind, isRepairable } from './issues';

const issue = (kind: string, action: Issue['action'], count = 1): Issue => ({
  row: 2,
  kind,
  action,
  count,
  message: '',
});

test('a kind reads as words', () => {
  expect(describeKind('close_outside_range')).toBe('Close outside range');
});

test('rows are counted, not entries', () => {
  expect(countRows([issue('a', 'kept', 3), issue('b', 'dropped')])).toBe(4);
});

test('a repair is offered for what was found and kept', () => {
  expect(isRepairable([issue('suspected_split', 'kept')])).toBe(true);
  expect(isRepairable([issue('suspected_split', 'repaired')])).toBe(false);
  expect(isRepairable([issue('duplicate_time', 'dropped')])).toBe(false);
});
