import { Text, Title } from '@mantine/core';
import { SymbolPicks } from '@/features/symbols/components/SymbolPicks';
import classes from './Dashboard.module.css';

/** Nothing is picked yet: what to do first. */
export function EmptyPage({ onPick }: { onPick: (symbol: string) => void }) {
  return (
    <section className={classes.empty}>
      <Title order={2} size="h3" fw={600}>
        Would the agent have made money on data it never saw, after costs?
      </Title>
      <Text size="sm" mt="xs" mb="lg" c="var(--bw-dim)">
        Pick a symbol below, press <kbd>/</kbd> to find one, or drop a CSV of candles anywhere on
        this page.
      </Text>
      <SymbolPicks onPick={onPick} />
    </section>
  );
}
