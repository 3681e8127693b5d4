import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { AgentSelect } from '@/features/backtest/components/AgentSelect';
import { Upload } from '@/features/datasets/components/Upload';
import { SymbolSearch } from '@/features/symbols/components/SymbolSearch';
import classes from './Dashboard.module.css';
import { NO_EXPERIMENT } from './pageLinks';
import type { Search } from './search';

interface HeaderProps {
  search: Search;
  theme: 'light' | 'dark';
  change: (part: Partial<Search>) => void;
  /** Whether what the page shows depends on a symbol, and on an agent, that is picked here. */
  picks?: 'both' | 'symbol' | 'none';
  /** Whether the upload dialogue is open. */
  uploading: boolean;
  onUploading: (opened: boolean) => void;
  children?: ReactNode;
}

const ONLY_PATH = { exact: true, includeSearch: false };
/** One experiment and a comparison belong to their list. */
const WITHIN = { exact: false, includeSearch: false };

export function Header(props: HeaderProps) {
  const { search, theme, change, picks = 'both', uploading, onUploading, children } = props;
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <header className={classes.header}>
      <h1 className={classes.brand}>Bellwether</h1>
      <nav className={classes.pages} aria-label="Pages">
        <Link to="/" search={search} activeOptions={ONLY_PATH}>
          Dashboard
        </Link>
        <Link to="/evaluation" search={search} activeOptions={ONLY_PATH}>
          Evaluation
        </Link>
        <Link to="/experiments" search={{ ...search, ...NO_EXPERIMENT }} activeOptions={WITHIN}>
          Experiments
        </Link>
      </nav>
      {picks !== 'none' && (
        <SymbolSearch symbol={search.symbol} onPick={(symbol) => change(openSymbol(symbol))} />
      )}
      {picks === 'both' && (
        <AgentSelect agent={search.agent} onPick={(agent) => change({ agent })} />
      )}
      <div className={classes.actions}>
        {children}
        <Upload
          opened={uploading}
          onOpened={onUploading}
          onUploaded={(symbol) => change(openSymbol(symbol))}
        />
        <Button
          size="xs"
          variant="default"
          aria-label={`Switch to ${other} theme`}
          onClick={() => change({ theme: other })}
        >
          {other === 'dark' ? 'Dark theme' : 'Light theme'}
        </Button>
      </div>
    </header>
  );
}

/** Dates, curves and authors belong to the series they were chosen on. */
export function openSymbol(symbol: string): Partial<Search> {
  return {
    symbol,
    start: undefined,
    end: undefined,
    report: undefined,
    curve: undefined,
    stress_bps: undefined,
    as_of: undefined,
    news_source: undefined,
  };
}
