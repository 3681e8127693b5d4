import { Badge, Tooltip } from '@mantine/core';
import type { Source } from '@/api/types';

/** Where candles come from; simulated ones are marked so that nobody takes them for a market. */
export function SourceBadge({ source }: { source: Source }) {
  if (source === 'simulated') {
    return (
      <Tooltip label="Invented candles from a seeded model of a market. No real stock stands behind them.">
        <Badge
          size="sm"
          radius="sm"
          variant="outline"
          tt="none"
          fw={500}
          color="yellow"
          c="var(--bw-warning)"
        >
          Simulated data
        </Badge>
      </Tooltip>
    );
  }
  return (
    <Badge
      size="sm"
      radius="sm"
      variant="outline"
      tt="none"
      fw={500}
      color="gray"
      c="var(--bw-dim)"
    >
      {source === 'upload' ? 'Uploaded' : 'Yahoo Finance'}
    </Badge>
  );
}
