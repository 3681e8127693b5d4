import { Button, Group, Stack, Table, Text } from '@mantine/core';
import type { Dataset } from '@/api/types';
import { formatInteger } from '@/lib/format';
import { formatSpan } from '@/lib/time';
import { countRows, describeKind, isRepairable } from '../calculate/issues';
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
      {issues.length === 0 ? (
        <Text size="sm">Nothing odd was found in the file.</Text>
      ) : (
        <>
          <Text size="sm">
            {formatInteger(countRows(issues))} {countRows(issues) === 1 ? 'row' : 'rows'} with
            something to know about:
          </Text>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
          <section className={classes.issues} tabIndex={0} aria-label="Issues">
            <Table fz="xs" verticalSpacing={3} stickyHeader>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th className={classes.number}>Row</Table.Th>
                  <Table.Th>What</Table.Th>
                  <Table.Th>Done</Table.Th>
                  <Table.Th className={classes.number}>Rows</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {issues.map((issue) => (
                  <Table.Tr key={`${issue.row} ${issue.kind} ${issue.message}`}>
                    <Table.Td className={classes.number}>{formatInteger(issue.row)}</Table.Td>
                    <Table.Td>
                      <strong>{describeKind(issue.kind)}.</strong> {issue.message}
                    </Table.Td>
                    <Table.Td>{issue.action}</Table.Td>
                    <Table.Td className={classes.number}>{formatInteger(issue.count)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </section>
        </>
      )}
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
