import { Input, NumberInput, SegmentedControl } from '@mantine/core';
import { countSeeds } from '../calculate/draft';
import classes from './ExperimentForm.module.css';
import type { FieldsProps } from './fieldProps';

const MOST_SEEDS = 100;

/** How long each unit learns, in steps or in time, and from how many seeds. */
export function BudgetFields({ draft, edit, wrong }: FieldsProps) {
  const { budget, seeds } = draft;
  return (
    <div className={classes.budget}>
      <Input.Wrapper size="xs" labelElement="div" label="Budget">
        <SegmentedControl
          size="xs"
          aria-label="Budget in"
          fullWidth
          value={budget}
          onChange={(value) => edit({ budget: value as 'steps' | 'minutes' })}
          data={[
            { value: 'steps', label: 'Steps' },
            { value: 'minutes', label: 'Minutes' },
          ]}
        />
      </Input.Wrapper>
      <NumberInput
        size="xs"
        label={budget === 'steps' ? 'Steps a unit' : 'Minutes in all'}
        hideControls
        thousandSeparator=","
        min={0}
        allowDecimal={budget === 'minutes'}
        classNames={{ input: classes.number }}
        value={draft[budget]}
        onChange={(value) => edit({ [budget]: value })}
        error={wrong.budget}
      />
      <NumberInput
        size="xs"
        label="Seeds"
        hideControls
        min={1}
        max={MOST_SEEDS}
        clampBehavior="strict"
        allowDecimal={false}
        allowNegative={false}
        classNames={{ input: classes.number }}
        value={seeds.length === 0 ? '' : seeds.length}
        onChange={(value) => edit({ seeds: countSeeds(seeds, Number(value) || 0) })}
        error={wrong.seeds}
      />
    </div>
  );
}
