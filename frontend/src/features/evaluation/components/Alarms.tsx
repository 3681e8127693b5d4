import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Alarm } from '@/api/types';
import { ALARM_NAMES } from '../calculate/alarms';
import classes from './Alarms.module.css';

function AlarmList({ alarms, label }: { alarms: readonly Alarm[]; label: string }) {
  return (
    <ul className={classes.alarms} aria-label={label}>
      {alarms.map(({ kind, raised, sentence }) => (
        <li key={kind} data-raised={raised}>
          <strong>
            <span aria-hidden>{raised ? '⚠' : '✓'}</span> {ALARM_NAMES[kind]}
          </strong>{' '}
          <span>{sentence}</span>
        </li>
      ))}
    </ul>
  );
}

/** What speaks against believing the result; what does not stays folded away. */
export function Alarms({ alarms }: { alarms: readonly Alarm[] }) {
  const [open, setOpen] = useState(false);
  const raised = alarms.filter((alarm) => alarm.raised);
  const quiet = alarms.filter((alarm) => !alarm.raised);
  if (alarms.length === 0) return null;
  return (
    <div>
      {raised.length === 0 ? (
        <p className={classes.none}>No alarm is raised.</p>
      ) : (
        <AlarmList alarms={raised} label="Raised alarms" />
      )}
      {quiet.length > 0 && (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          c="var(--bw-dim)"
          px={4}
          mt={4}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Hide' : 'Show'} {quiet.length} quiet {quiet.length === 1 ? 'alarm' : 'alarms'}
        </Button>
      )}
      {open && <AlarmList alarms={quiet} label="Quiet alarms" />}
    </div>
  );
}
