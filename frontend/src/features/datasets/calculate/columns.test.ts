import { expect, test } from 'vitest';
import { offeredColumns } from './columns';

test('columns to choose from are the refusal’s choices', () => {
  const refusal = { type: '', title: '', status: 422, detail: '', choices: ['AAPL', 'A, B'] };
  expect(offeredColumns({ ...refusal, field: 'column' })).toEqual(['AAPL', 'A, B']);
  expect(offeredColumns({ ...refusal, field: 'time' })).toEqual([]);
  expect(offeredColumns(null)).toEqual([]);
});
