import { Select } from '@mantine/core';
import { DateInput } from '@mantine/dates';
import classes from './NewsPanel.module.css';

const LENGTHS = [5, 15, 30, 90, 365, 3650];

/** `15 days`, `10 years`. */
function describeDays(days: number): string {
  if (days % 365 === 0) return days === 365 ? '1 year' : `${days / 365} years`;
  return days === 1 ? '1 day' : `${days} days`;
}

interface NewsWindowProps {
  days: number;
  /** Last day of the window, as far as it is known. */
  as_of: string | undefined;
  /** That day is the gateway's own choice. */
  own: boolean;
  onChange: (part: { days?: number; as_of?: string | undefined }) => void;
}

/** How many days of news, and up to which. */
export function NewsWindow({ days, as_of, own, onChange }: NewsWindowProps) {
  const lengths = LENGTHS.includes(days) ? LENGTHS : [...LENGTHS, days].sort((a, b) => a - b);
  return (
    <div className={classes.window}>
      <Select
        size="xs"
        label="News of the last"
        allowDeselect={false}
        comboboxProps={{ withinPortal: true }}
        data={lengths.map((length) => ({ value: String(length), label: describeDays(length) }))}
        value={String(days)}
        onChange={(value) => value !== null && onChange({ days: Number(value) })}
      />
      <DateInput
        size="xs"
        label={own ? 'Up to' : 'Up to, as chosen'}
        valueFormat="YYYY-MM-DD"
        placeholder="Newest"
        clearable={!own}
        clearButtonProps={{ 'aria-label': 'Back to the newest' }}
        value={as_of ?? null}
        onChange={(value) => onChange({ as_of: value ?? undefined })}
      />
    </div>
  );
}
