import { expect, test } from 'vitest';
import { centreOn, followTo, openReplay, shiftTo, viewOf, zoomBy } from './view';

const view = { from: 100, to: 200 };

test('the view of candles shows the first whole and leaves a margin', () => {
  expect(viewOf({ from: 10, to: 20 })).toEqual({ from: 9.5, to: 23 });
});

test('a chosen candle stands in the middle, never lost in a wide view', () => {
  expect(centreOn(500, view, 1000)).toEqual({ from: 450, to: 550 });
  expect(centreOn(500, { from: 0, to: 4000 }, 5000)).toEqual({ from: 370, to: 630 });
});

test('a chosen candle that is in view moves nothing, and one at the end shows no emptiness', () => {
  expect(centreOn(150, view, 1000)).toBe(view);
  expect(centreOn(999, view, 1000)).toEqual({ from: 903, to: 1003 });
});

test('the view shifts only as far as needed', () => {
  expect(shiftTo(150, view)).toEqual(view);
  expect(shiftTo(205, view)).toEqual({ from: 106, to: 206 });
  expect(shiftTo(90, view)).toEqual({ from: 89, to: 189 });
});

test('zoom keeps the right edge and some candles', () => {
  expect(zoomBy(0.5, view)).toEqual({ from: 150, to: 200 });
  expect(zoomBy(0.01, view)).toEqual({ from: 192, to: 200 });
});

test('a replay moves the view when the cursor would leave it', () => {
  expect(followTo(197, view)).toEqual(view);
  expect(followTo(198, view)).toEqual({ from: 101, to: 201 });
  expect(followTo(10, view)).toEqual({ from: -87, to: 13 });
});

test('a replay begins with room for what is to come', () => {
  expect(openReplay(120, view)).toEqual(view);
  expect(openReplay(1000, { from: 0, to: 4000 })).toEqual({ from: 922, to: 1182 });
});
