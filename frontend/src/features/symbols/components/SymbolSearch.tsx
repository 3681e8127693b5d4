import { Combobox, Kbd, Loader, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue, useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { problemOf } from '@/api/problem';
import { formatInteger } from '@/lib/format';
import { formatSpan } from '@/lib/time';
import { symbolsQuery } from '../api/symbols';
import { describeOutages, groupBySource, matchEntries } from '../calculate/groups';
import classes from './SymbolSearch.module.css';

interface SymbolSearchProps {
  symbol: string | undefined;
  onPick: (symbol: string) => void;
}

/** Type to find, arrows and Enter to pick; `/` brings the focus here from anywhere. */
export function SymbolSearch({ symbol, onPick }: SymbolSearchProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [query] = useDebouncedValue(text.trim(), 200);
  const combobox = useCombobox({
    onDropdownClose: () => combobox.resetSelectedOption(),
  });
  const { data, error, isFetching } = useQuery({
    ...symbolsQuery(query),
    enabled: combobox.dropdownOpened,
  });
  useHotkeys([['/', () => input.current?.focus(), { preventDefault: true }]]);

  // The first that fits is what Enter picks, also when the answer comes after the typing.
  const { dropdownOpened, selectFirstOption } = combobox;
  // biome-ignore lint/correctness/useExhaustiveDependencies: options are new with text and answer
  useEffect(() => {
    if (dropdownOpened) selectFirstOption();
  }, [dropdownOpened, text, data]);

  const groups = groupBySource(matchEntries(data?.symbols ?? [], text));
  const outages = describeOutages(data?.sources ?? []);

  function pick(value: string) {
    onPick(value);
    setText('');
    combobox.closeDropdown();
    input.current?.blur();
  }

  return (
    <Combobox store={combobox} onOptionSubmit={pick} width={380} position="bottom-start">
      <Combobox.Target withExpandedAttribute>
        <TextInput
          ref={input}
          size="xs"
          className={classes.input}
          role="combobox"
          aria-label="Symbol"
          placeholder={symbol === undefined ? 'Find a symbol' : `${symbol} – find another`}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
          }}
          onFocus={() => combobox.openDropdown()}
          onClick={() => combobox.openDropdown()}
          onBlur={() => {
            combobox.closeDropdown();
            setText('');
          }}
          rightSection={isFetching ? <Loader size={12} /> : <Kbd size="xs">/</Kbd>}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={360} className={classes.options} aria-label="Symbols">
          {groups.map((group) => (
            <Combobox.Group key={group.source} label={group.name}>
              {group.entries.map((entry) => (
                <Combobox.Option key={`${entry.source} ${entry.symbol}`} value={entry.symbol}>
                  <span className={classes.option}>
                    <strong>{entry.symbol}</strong>
                    <span className={classes.name}>{entry.name}</span>
                    <span className={classes.facts}>
                      {entry.candles === null ? '' : `${formatInteger(entry.candles)} × `}
                      {entry.interval}
                    </span>
                    {entry.start !== null && entry.end !== null && (
                      <span className={classes.span}>{formatSpan(entry.start, entry.end)}</span>
                    )}
                  </span>
                </Combobox.Option>
              ))}
            </Combobox.Group>
          ))}
          {error !== null && <Combobox.Empty>{problemOf(error).detail}</Combobox.Empty>}
          {error === null && data !== undefined && groups.length === 0 && (
            <Combobox.Empty>
              No source knows “{text.trim()}”. Drop a CSV of its candles on the page.
            </Combobox.Empty>
          )}
          {error === null && data === undefined && <Combobox.Empty>Asking…</Combobox.Empty>}
        </Combobox.Options>
        {outages.length > 0 && (
          <Combobox.Footer className={classes.outages}>{outages.join(' ')}</Combobox.Footer>
        )}
      </Combobox.Dropdown>
    </Combobox>
  );
}
