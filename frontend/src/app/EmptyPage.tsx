import { UnstyledButton } from '@mantine/core';
import { SymbolPicks } from '@/features/symbols/components/SymbolPicks';
import classes from './Dashboard.module.css';

interface EmptyPageProps {
  onPick: (symbol: string) => void;
  onUpload: () => void;
}

/** Nothing is picked yet: what to do first. */
export function EmptyPage({ onPick, onUpload }: EmptyPageProps) {
  return (
    <section className={classes.empty}>
      <h2>Would the agent have made money on data it never saw, after costs?</h2>
      <p>
        Pick a symbol below, or press <kbd>/</kbd> to find one. You will see its candles, what the
        agent buys and sells, and what 100,000 would have become beside buy and hold.
      </p>
      <UnstyledButton className={classes.drop} onClick={onUpload}>
        Drop a CSV of your own candles anywhere on this page, or choose a file
      </UnstyledButton>
      <SymbolPicks onPick={onPick} />
    </section>
  );
}
