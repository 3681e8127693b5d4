import { expect, test } from 'vitest';
import { CHART_OPTIONS } from './layers';

test('a million candles fit a thousand pixels', () => {
  expect(1_000_000 * CHART_OPTIONS.timeScale.minBarSpacing).toBeLessThanOrEqual(1000);
});
