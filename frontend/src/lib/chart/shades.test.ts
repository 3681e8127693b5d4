import { expect, test } from 'vitest';
import { PALETTES } from './palette';
import { layOutShades } from './shades';

const time = [10, 20, 30, 40, 50];
const segments = [
  { kind: 'train' as const, start: 10, end: 25 },
  { kind: 'validation' as const, start: 26, end: 35 },
  { kind: 'test' as const, start: 36, end: 99 },
];

test('each candle lies in the shade of its segment', () => {
  const shades = layOutShades(time, segments, PALETTES.dark, false);
  expect(shades.map(({ kind, from, to }) => [kind, from, to])).toEqual([
    ['train', 0, 1],
    ['validation', 2, 2],
    ['test', 3, 4],
  ]);
  expect(shades.every(({ label }) => label === null)).toBe(true);
});

test('a segment without candles here is left out', () => {
  const shades = layOutShades([36, 40], segments, PALETTES.light, true);
  expect(shades.map(({ kind }) => kind)).toEqual(['test']);
  expect(shades[0]?.label?.text).toBe('TEST');
});

test('train, validation and test are told apart by colour', () => {
  for (const palette of Object.values(PALETTES)) {
    const colours = [palette.train, palette.validation, palette.seen, palette.test];
    expect(new Set(colours).size).toBe(4);
  }
});
