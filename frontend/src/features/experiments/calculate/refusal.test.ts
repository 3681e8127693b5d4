import { expect, test } from 'vitest';
import type { Problem } from '@/api/problem';
import { emptyDraft } from './draft';
import { fieldOf, wordsAt } from './refusal';

const refusal = (field: string | null, detail = 'No.'): Problem => ({
  type: 'about:blank',
  title: 'Refused',
  status: 422,
  detail,
  field,
});
const draft = { ...emptyDraft('train', 'ACME'), symbols: ['ACME', 'ZULU'] };

test.each([
  ['symbols.0', 'symbols'],
  ['series.1.data_hash', 'symbols'],
  ['start', 'start'],
  ['budget_seconds', 'budget'],
  ['steps', 'budget'],
  ['seeds.2', 'seeds'],
  ['config.learning.learning_rate', 'learning.learning_rate'],
  ['learning.discount', 'learning.discount'],
  ['commission_bps', 'costs.commission_bps'],
  ['exposure_ladder', 'ladder.rungs'],
  ['config.ladder.rungs.0', 'ladder.rungs'],
  ['config.fill', 'fill'],
  ['config.members', 'members'],
  // The form has no field for these, so that they are said below.
  ['config.split', null],
  ['config.learning.batch_candles', null],
  [null, null],
])('a refusal of %s stands at %s', (field, place) => {
  expect(fieldOf(refusal(field), draft)).toBe(place);
});

test('in a sweep a refusal stands at the line of the grid that it is about', () => {
  const sweep = { ...draft, kind: 'sweep' as const };
  expect(fieldOf(refusal('grid.learning.discount.1'), sweep)).toBe('grid.learning.discount');
  expect(fieldOf(refusal('learning.learning_rate'), sweep)).toBe('grid.learning.learning_rate');
  expect(fieldOf(refusal('grid'), sweep)).toBe('grid');
  expect(fieldOf(refusal('config.members'), sweep)).toBe('members');
});

test('of several symbols it is said which is refused', () => {
  expect(wordsAt(refusal('symbols.1', 'It has too few candles.'), draft)).toBe(
    'ZULU: It has too few candles.',
  );
  expect(wordsAt(refusal('symbols.1', 'ZULU has too few.'), draft)).toBe('ZULU has too few.');
  expect(wordsAt(refusal('start', 'Too late.'), draft)).toBe('Too late.');
});
