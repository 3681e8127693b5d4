import { MultiSelect } from '@mantine/core';
import { useState } from 'react';
import type { SymbolEntry } from '@/api/types';
import classes from './ExperimentForm.module.css';

const GROUPS: Record<SymbolEntry['source'], string> = {
  upload: 'Uploaded',
  yahoo: 'Yahoo Finance',
  simulated: 'Simulated, no real market',
};

interface SymbolFieldProps {
  symbols: readonly SymbolEntry[];
  chosen: readonly string[];
  onChange: (symbols: string[]) => void;
  onSearch: (text: string) => void;
  error: string | undefined;
}

/** Symbols to learn from, by their source; typing finds others. */
export function SymbolField({ symbols, chosen, onChange, onSearch, error }: SymbolFieldProps) {
  const [text, setText] = useState('');
  const groups = (['upload', 'yahoo', 'simulated'] as const).map((source) => ({
    group: GROUPS[source],
    items: symbols
      .filter((entry) => entry.source === source)
      .map(({ symbol }) => ({ value: symbol, label: symbol })),
  }));
  // What is chosen stays an option also where the search no longer finds it.
  const names = new Map(symbols.map(({ symbol, name }) => [symbol, name === symbol ? '' : name]));
  const others = chosen.filter((symbol) => !names.has(symbol));
  return (
    <MultiSelect
      size="xs"
      label="Symbols"
      placeholder={chosen.length === 0 ? 'Choose or type' : ''}
      data={[
        ...(others.length === 0
          ? []
          : [{ group: 'Chosen', items: others.map((one) => ({ value: one, label: one })) }]),
        ...groups.filter(({ items }) => items.length > 0),
      ]}
      value={[...chosen]}
      onChange={(next) => {
        onChange(next);
        setText('');
      }}
      searchable
      searchValue={text}
      onSearchChange={(next) => {
        setText(next);
        onSearch(next);
      }}
      // The sources have searched, by name as well as by symbol.
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <span className={classes.option}>
          <strong>{option.value}</strong>
          <span>{names.get(option.value)}</span>
        </span>
      )}
      maxDropdownHeight={280}
      nothingFoundMessage="No source knows it. Upload a CSV of its candles above."
      error={error}
    />
  );
}
