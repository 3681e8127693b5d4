import { expect, test } from 'vitest';
import type { Segment } from '@/api/types';
import { weighEvidence } from './evidence';

const segments = (...kinds: Segment['kind'][]) =>
  kinds.map((kind, index) => ({ kind, start: index * 10, end: index * 10 + 9 }));

test('without a test segment nothing is proven', () => {
  expect(weighEvidence(segments('train', 'validation', 'seen'))).toEqual({
    kind: 'known',
    testStart: null,
  });
});

test('a mixture says where its test begins', () => {
  expect(weighEvidence(segments('train', 'seen', 'test'))).toEqual({
    kind: 'partly',
    testStart: 20,
  });
});

test('test alone is a test', () => {
  expect(weighEvidence(segments('test'))).toEqual({ kind: 'test', testStart: 0 });
});
