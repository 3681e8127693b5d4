import { report } from '@test/evaluation';
import { expect, test } from 'vitest';
import { layOutCalendar, strength } from './calendar';

const { calendar } = report();

test('a year has twelve months, those without candles empty', () => {
  const [row] = layOutCalendar(calendar, 'agent');
  expect(row?.year).toBe(2020);
  expect(row?.months.slice(0, 3)).toEqual([0.05, -0.01, null]);
  expect(row?.months).toHaveLength(12);
  expect(row?.whole).toBe(0.124);
});

test('the difference is the agent less buy and hold', () => {
  const [row] = layOutCalendar(calendar, 'difference');
  expect(row?.months[0]).toBeCloseTo(0.03);
  expect(row?.months[1]).toBeCloseTo(-0.04);
  expect(row?.whole).toBeCloseTo(-0.047);
});

test('years stand in the order of time', () => {
  const entry = calendar[0];
  if (entry === undefined) throw new Error('The fixture has no calendar.');
  const rows = layOutCalendar([{ ...entry, year: 2021 }, entry], 'agent');
  expect(rows.map(({ year }) => year)).toEqual([2020, 2021]);
});

test('depth grows with size, whatever the sign, and ends at 1', () => {
  const rows = [{ year: 2020, months: [0.01, -0.02, 0.04, null], whole: null }];
  expect(strength(-0.02, rows)).toBe(1);
  expect(strength(0.01, rows)).toBe(0.5);
  expect(strength(0.04, rows)).toBe(1);
  expect(strength(0.04, [])).toBe(0);
});
