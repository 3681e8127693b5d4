import type { CalendarReturn } from '@/api/types';

export type MonthView = 'agent' | 'difference';

export interface CalendarRow {
  year: number;
  /** Twelve months, null where the test has none of their candles. */
  months: readonly (number | null)[];
  whole: number | null;
}

function returnOf(entry: CalendarReturn, view: MonthView): number {
  return view === 'agent'
    ? entry.total_return_fraction
    : entry.total_return_fraction - entry.buy_and_hold_total_return_fraction;
}

/** Years from the first to the last, each with its months. */
export function layOutCalendar(
  calendar: readonly CalendarReturn[],
  view: MonthView,
): CalendarRow[] {
  const years = [...new Set(calendar.map(({ year }) => year))].sort((a, b) => a - b);
  return years.map((year) => {
    const find = (month: number | null) => {
      const entry = calendar.find((one) => one.year === year && one.month === month);
      return entry === undefined ? null : returnOf(entry, view);
    };
    return {
      year,
      months: Array.from({ length: 12 }, (_, index) => find(index + 1)),
      whole: find(null),
    };
  });
}

/**
 * How strongly a cell is coloured, 0 to 1, by its size beside the largest one; a lone extreme does
 * not wash out the rest.
 */
export function strength(value: number, rows: readonly CalendarRow[]): number {
  const sizes = rows
    .flatMap(({ months }) => months)
    .filter((month) => month !== null)
    .map(Math.abs)
    .sort((a, b) => a - b);
  const full = sizes[Math.floor((sizes.length - 1) * 0.9)] ?? 0;
  return full > 0 ? Math.min(Math.abs(value) / full, 1) : 0;
}
