import { expect, test } from 'vitest';
import { fadeRun, PALETTES } from './palette';

test('a faded run leaves the candles as they are', () => {
  const faded = fadeRun(PALETTES.light);
  expect(faded.buy).toBe(`${PALETTES.light.buy}66`);
  expect(faded.agent).not.toBe(PALETTES.light.agent);
  expect([faded.up, faded.down, faded.text]).toEqual([
    PALETTES.light.up,
    PALETTES.light.down,
    PALETTES.light.text,
  ]);
});
