import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { problemOf } from '@/api/problem';
import { ProblemNotice } from '@/components/ProblemNotice';
import { symbolsQuery } from '../api/symbols';
import { describeOutages, groupBySource } from '../calculate/groups';

const SHOWN = 8;

/** What can be opened at once, for a page that shows no symbol yet. */
export function SymbolPicks({ onPick }: { onPick: (symbol: string) => void }) {
  const { data, error, refetch } = useQuery(symbolsQuery(''));
  if (error !== null) {
    return <ProblemNotice problem={problemOf(error)} onRetry={() => void refetch()} />;
  }
  if (data === undefined) return <Text size="sm">Asking which symbols there are…</Text>;
  return (
    <Stack gap="md">
      {groupBySource(data.symbols).map((group) => (
        <div key={group.source}>
          <Text size="xs" c="var(--bw-dim)" mb={6}>
            {group.name}
          </Text>
          <Group gap="xs">
            {group.entries.slice(0, SHOWN).map((entry) => (
              <Button
                key={entry.symbol}
                size="xs"
                variant="default"
                title={entry.name}
                onClick={() => onPick(entry.symbol)}
              >
                {entry.symbol}
              </Button>
            ))}
          </Group>
        </div>
      ))}
      {describeOutages(data.sources).map((sentence) => (
        <Text key={sentence} size="xs" c="var(--bw-warning)">
          {sentence}
        </Text>
      ))}
    </Stack>
  );
}
