import {
  Button,
  Group,
  Input,
  NumberInput,
  SegmentedControl,
  SimpleGrid,
  Text,
} from '@mantine/core';
import { DateInput } from '@mantine/dates';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import type { FillRule } from '@/api/types';
import { Term } from '@/components/Term';
import { readAssumptions } from '../calculate/assumptions';
import classes from './Assumptions.module.css';

export interface AssumptionValues {
  cash: number;
  commission_bps: number;
  slippage_bps: number;
  fill: FillRule;
  start: string | undefined;
  end: string | undefined;
}

interface AssumptionsProps {
  values: AssumptionValues;
  defaults: Omit<AssumptionValues, 'start' | 'end'>;
  /** First and last date of the series, `YYYY-MM-DD`; null where no dates are to be chosen. */
  span: { start: string; end: string } | null;
  /** How the run that these values ask for stands; `none` before the first. */
  state: 'none' | 'running' | 'done' | 'failed';
  /** Rule that the run took in place of the one asked for; null where it took that. */
  overruled: FillRule | null;
  onChange: (values: Partial<AssumptionValues>) => void;
}

const STATE_WORDS = {
  none: '',
  running: 'Re-pricing…',
  done: 'Re-priced, not retrained',
  failed: 'Not re-priced',
} as const;

const OVERRULED_WORDS: Record<FillRule, string> = {
  next_close: 'Next close is used: opens do not fit these closes',
  next_open: 'Next open is used',
};

const SETTLE_MS = 300;

/** Cash, costs, fill rule and traded dates; each change runs the ledger again. */
export function Assumptions({
  values,
  defaults,
  span,
  state,
  overruled,
  onChange,
}: AssumptionsProps) {
  const [draft, setDraft] = useState<Record<string, string | number>>({});
  const settle = useDebouncedCallback((next: Record<string, string | number>) => {
    const change = readAssumptions(next);
    if (Object.keys(change).length > 0) onChange(change);
  }, SETTLE_MS);
  // What arrives from the address, by the back button say, takes the place of what was typed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the arrival matters
  useEffect(() => setDraft({}), [values]);

  function edit(name: keyof AssumptionValues, value: string | number) {
    const next = { ...draft, [name]: value };
    setDraft(next);
    settle(next);
  }

  const number = (name: 'cash' | 'commission_bps' | 'slippage_bps') => ({
    size: 'xs' as const,
    hideControls: true,
    thousandSeparator: ',',
    classNames: { input: classes.number },
    value: draft[name] ?? values[name],
    onChange: (value: string | number) => edit(name, value),
  });
  const date = (name: 'start' | 'end', within: { start: string; end: string }) => ({
    size: 'xs' as const,
    valueFormat: 'YYYY-MM-DD',
    minDate: within.start,
    maxDate: within.end,
    classNames: { input: classes.date },
    value: String(draft[name] ?? values[name] ?? within[name]),
    onChange: (value: string | null) => edit(name, value ?? ''),
  });

  return (
    <section aria-labelledby="assumptions" className={classes.panel}>
      <Group justify="space-between" gap="xs" mb={6}>
        <h2 id="assumptions">Costs and fills</h2>
        <Text size="xs" c="var(--bw-dim)" role="status">
          {STATE_WORDS[state]}
        </Text>
      </Group>
      <SimpleGrid cols={2} spacing={8} verticalSpacing={8}>
        <NumberInput label="Cash" min={1} max={1e12} {...number('cash')} />
        <Input.Wrapper
          size="xs"
          labelElement="div"
          label={
            <Term
              word="Fill at the next"
              definition="A decision sees candles up to its own close; the order fills at the next candle’s open, or at its close."
            />
          }
        >
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label="Fill rule"
            value={overruled ?? values.fill}
            onChange={(fill) => onChange({ fill: fill as FillRule })}
            data={[
              { value: 'next_open', label: 'Open' },
              { value: 'next_close', label: 'Close' },
            ]}
          />
          {overruled !== null && (
            <Text size="xs" mt={2} c="var(--bw-warning)" role="status">
              {OVERRULED_WORDS[overruled]}
            </Text>
          )}
        </Input.Wrapper>
        <NumberInput label="Commission, bps" min={0} max={1000} {...number('commission_bps')} />
        <NumberInput label="Slippage, bps" min={0} max={1000} {...number('slippage_bps')} />
        {span !== null && (
          <>
            <DateInput label="Trade from" {...date('start', span)} />
            <DateInput label="Trade to" {...date('end', span)} />
          </>
        )}
      </SimpleGrid>
      <Group gap="xs" mt={8} justify="space-between" wrap="nowrap">
        <Text size="xs" c="var(--bw-dim)">
          {span === null
            ? 'The same decisions at other terms: re-priced, not retrained.'
            : 'These dates re-run the ledger; the range above the chart only moves the view.'}
        </Text>
        <Button
          size="compact-xs"
          variant="default"
          className={classes.reset}
          onClick={() => onChange({ ...defaults, start: undefined, end: undefined })}
        >
          Reset
        </Button>
      </Group>
    </section>
  );
}
