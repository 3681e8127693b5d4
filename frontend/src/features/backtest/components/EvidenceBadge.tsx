import { Button, Tooltip, UnstyledButton } from '@mantine/core';
import type { Segment } from '@/api/types';
import { isoDate } from '@/lib/time';
import { weighEvidence } from '../calculate/evidence';
import classes from './EvidenceBadge.module.css';

const WORDS = {
  known: {
    name: 'Known candles: no test',
    meaning:
      'The agent was trained, chosen or trained beside these candles, so these figures do not show what it does on candles it has never seen.',
  },
  partly: {
    name: 'Partly test',
    meaning:
      'Some of these candles were known to the agent, so these figures mix memory with test. “Test only” trades the candles it has never seen.',
  },
} as const;

interface EvidenceBadgeProps {
  segments: readonly Segment[];
  /** Asks to trade from this date, `YYYY-MM-DD`, on. */
  onTestOnly: (start: string) => void;
}

/** Says so where a result is no test, or not all of it; nothing where it is one. */
export function EvidenceBadge({ segments, onTestOnly }: EvidenceBadgeProps) {
  const { kind, testStart } = weighEvidence(segments);
  if (kind === 'test') return null;
  const { name, meaning } = WORDS[kind];
  return (
    <div className={classes.evidence}>
      <Tooltip
        label={meaning}
        multiline
        maw={300}
        events={{ hover: true, focus: true, touch: true }}
      >
        <UnstyledButton className={classes.badge}>
          <span aria-hidden>⚠</span> {name}
        </UnstyledButton>
      </Tooltip>
      {testStart !== null && (
        <Button
          size="compact-xs"
          variant="default"
          title={`Trade from ${isoDate(testStart)} on`}
          onClick={() => onTestOnly(isoDate(testStart))}
        >
          Test only
        </Button>
      )}
    </div>
  );
}
