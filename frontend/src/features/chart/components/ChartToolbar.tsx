import { Box, Button, Group, Switch } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Range } from '../calculate/range';

interface ChartToolbarProps {
  range: Range;
  ranges: readonly Range[];
  onRange: (range: Range) => void;
  logScale: boolean;
  onLogScale: (on: boolean) => void;
  sentiment: boolean;
  onSentiment: (on: boolean) => void;
  /** What else belongs beside the view's controls. */
  children?: ReactNode;
}

/** What part of the series is in view, and on which scale; neither changes the backtest. */
export function ChartToolbar(props: ChartToolbarProps) {
  const { range, ranges, onRange, logScale, onLogScale, sentiment, onSentiment, children } = props;
  return (
    <Group gap="sm" px={10} py={6} wrap="wrap">
      <Box role="group" aria-label="Range in view">
        <Button.Group>
          {ranges.map((name) => (
            <Button
              key={name}
              size="compact-xs"
              variant={name === range ? 'filled' : 'default'}
              aria-pressed={name === range}
              onClick={() => onRange(name)}
            >
              {name}
            </Button>
          ))}
        </Button.Group>
      </Box>
      <Switch
        size="xs"
        label="Log scale"
        checked={logScale}
        onChange={(event) => onLogScale(event.currentTarget.checked)}
      />
      <Switch
        size="xs"
        label="News sentiment"
        checked={sentiment}
        onChange={(event) => onSentiment(event.currentTarget.checked)}
      />
      {children}
    </Group>
  );
}
