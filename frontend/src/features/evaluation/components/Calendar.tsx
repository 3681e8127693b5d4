import type { CSSProperties } from 'react';
import type { CalendarReturn } from '@/api/types';
import { Scroller } from '@/components/Scroller';
import { formatSignedPercent } from '@/lib/format';
import { layOutCalendar, type MonthView, strength } from '../calculate/calendar';
import classes from './Calendar.module.css';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Share of full colour that the largest cell has; its text stays readable on it. */
const DEEPEST_PERCENT = 46;

interface CalendarProps {
  calendar: readonly CalendarReturn[];
  view: MonthView;
}

/** Year by month; blue is a gain and amber a loss, and the sign says the same. */
export function Calendar({ calendar, view }: CalendarProps) {
  const rows = layOutCalendar(calendar, view);
  const unit = view === 'difference' ? 'less buy and hold' : 'of the agent';
  return (
    <Scroller label="Calendar">
      <table className={classes.table} aria-label={`Returns by month, ${unit}`}>
        <thead>
          <tr>
            <th scope="col">Year</th>
            {MONTHS.map((month) => (
              <th key={month} scope="col">
                {month}
              </th>
            ))}
            <th scope="col">Year</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ year, months, whole }) => (
            <tr key={year}>
              <th scope="row">{year}</th>
              {months.map((value, index) => (
                <td
                  key={MONTHS[index]}
                  data-sign={value === null ? 'none' : value < 0 ? 'loss' : 'gain'}
                  style={
                    {
                      '--depth': `${value === null ? 0 : strength(value, rows) * DEEPEST_PERCENT}%`,
                    } as CSSProperties
                  }
                >
                  {value === null ? '' : formatSignedPercent(value)}
                </td>
              ))}
              <td className={classes.whole}>{formatSignedPercent(whole)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
