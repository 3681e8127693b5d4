import { Button, Group, Stack } from '@mantine/core';
import type { Dataset } from '@/api/types';
import { IssueList } from '@/components/IssueList';
import { formatInteger } from '@/lib/format';
import { isRepairable } from '@/lib/issues';
import { formatSpan } from '@/lib/time';
import classes from './Upload.module.css';

const BASIS = {
  raw: 'raw, as traded',
  adjusted: 'adjusted, all four prices',
  mixed: 'mixed: closes adjusted, opens, highs and lows not',
} as const;

interface UploadResultProps {
  dataset: Dataset;
  onShow: () => void;
  onRepair: () => void;
  repaired: boolean;
}

/** What became of a file: how many candles, from when to when, and what was odd about it. */
export function UploadResult({ dataset, onShow, onRepair, repaired }: UploadResultProps) {
  const { issues } = dataset;
  return (
    <Stack gap="sm" role="status">
      <dl className={classes.facts}>
        <div>
          <dt>Symbol</dt>
          <dd>{dataset.symbol}</dd>
        </div>
        <div>
          <dt>Candles</dt>
          <dd>{formatInteger(dataset.candles)}</dd>
        </div>
        <div>
          <dt>Dates</dt>
          <dd>{formatSpan(dataset.start, dataset.end)}</dd>
        </div>
        <div>
          <dt>Price basis</dt>
          <dd>{BASIS[dataset.price_basis]}</dd>
        </div>
      </dl>
      <IssueList issues={issues} />
      <Group gap="xs">
        <Button size="xs" onClick={onShow} data-autofocus>
          Show {dataset.symbol}
        </Button>
        {!repaired && isRepairable(issues) && (
          <Button size="xs" variant="default" onClick={onRepair}>
            Upload again and repair
          </Button>
        )}
      </Group>
    </Stack>
  );
}
