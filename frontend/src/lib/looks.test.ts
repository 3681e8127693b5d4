import { expect, test } from 'vitest';
import { latestLooks } from './looks';

const looks = (total: number, lineage = 'default') => ({ lineage, total, this_window: total - 1 });

test('the larger total is the newer count', () => {
  expect(latestLooks([looks(3), null, looks(7), undefined, looks(5)])).toEqual(looks(7));
});

test('another line of work is not counted, and nothing is no count', () => {
  expect(latestLooks([looks(3), looks(9, 'other')])).toEqual(looks(3));
  expect(latestLooks([null, undefined])).toBeNull();
});
