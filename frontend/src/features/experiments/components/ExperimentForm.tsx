import { Button, SegmentedControl, Select, TextInput, UnstyledButton } from '@mantine/core';
import { DateInput } from '@mantine/dates';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { problemOf } from '@/api/problem';
import type { Agent, Experiment, ExperimentKind, SymbolEntry } from '@/api/types';
import { estimateQuery } from '../api/estimate';
import { type Draft, draftOf, emptyDraft } from '../calculate/draft';
import { fieldOf, wordsAt } from '../calculate/refusal';
import { readDraft } from '../calculate/request';
import { KIND_WORDS, KINDS } from '../calculate/states';
import { BudgetFields } from './BudgetFields';
import { Estimate } from './Estimate';
import classes from './ExperimentForm.module.css';
import { GridEditor } from './GridEditor';
import { SettingFields } from './SettingFields';
import { SymbolField } from './SymbolField';
import { useStart } from './useStart';

const SHORT_KINDS: Record<ExperimentKind, string> = {
  train: 'Train',
  sweep: 'Sweep',
  'walk-forward': 'Walk-forward',
  evaluate: 'Evaluate',
};

const KIND_MEANINGS: Record<ExperimentKind, string> = {
  train: 'One agent a seed, trained, validated, and tested once on the candles after.',
  sweep:
    'Every combination of the grid with every seed; the best on validation is kept and tested.',
  'walk-forward':
    'Trains, validates and tests again on window after window, as it would have been done at the time.',
  evaluate:
    'An agent that is there on candles of these symbols that it never saw. Nothing is trained.',
};

const SETTLE_MS = 500;

interface ExperimentFormProps {
  kind: ExperimentKind;
  onKind: (kind: ExperimentKind) => void;
  /** Symbol that is taken up when it is picked elsewhere on the page. */
  symbol: string | undefined;
  /** Experiment that is to be changed and done again. */
  from: Experiment | undefined;
  symbols: readonly SymbolEntry[];
  onSearch: (text: string) => void;
  agents: readonly Agent[];
  onStarted: (experiment: Experiment) => void;
  onClose: () => void;
}

/** What is to be trained or evaluated, what it will take, and the button that starts it. */
export function ExperimentForm(props: ExperimentFormProps) {
  const { kind, onKind, symbol, from, symbols, onSearch, agents, onStarted, onClose } = props;
  const [typed, setTyped] = useState<Draft>(() =>
    from === undefined ? emptyDraft(kind, symbol) : draftOf(from),
  );
  const fallback = agents.find(({ is_default }) => is_default)?.id ?? null;
  const draft = { ...typed, kind, agent: typed.agent ?? fallback };
  const [tried, setTried] = useState(false);
  const { start, starting, error, reset } = useStart(onStarted);

  useEffect(() => {
    if (symbol === undefined) return;
    setTyped((before) =>
      before.symbols.includes(symbol)
        ? before
        : { ...before, symbols: [...before.symbols, symbol] },
    );
  }, [symbol]);

  function edit(part: Partial<Draft>) {
    setTyped((before) => ({ ...before, kind, ...part }));
    reset();
  }

  const { request, refusals } = readDraft(draft);
  const [settled] = useDebouncedValue(request, SETTLE_MS);
  const asked = JSON.stringify(settled) === JSON.stringify(request) ? request : undefined;
  const estimate = useQuery(estimateQuery(asked));
  // The button's own refusal is newer than that of the estimate before it.
  const failure = error ?? (asked === undefined ? null : estimate.error);
  const problem = failure === null ? null : problemOf(failure);
  const place = problem === null ? null : fieldOf(problem, draft);
  const wrong: Record<string, string> = { ...(tried ? refusals : typedRefusals(refusals)) };
  if (problem !== null && place !== null) wrong[place] = wordsAt(problem, draft);

  function submit() {
    setTried(true);
    if (request !== undefined) start(request);
  }

  const date = (name: 'start' | 'end', label: string, placeholder: string) => (
    <DateInput
      size="xs"
      label={label}
      placeholder={placeholder}
      clearable
      clearButtonProps={{ 'aria-label': `Clear ${label.toLowerCase()}` }}
      valueFormat="YYYY-MM-DD"
      value={draft[name] === '' ? null : draft[name]}
      onChange={(value) => edit({ [name]: value ?? '' })}
      error={wrong[name]}
    />
  );
  const trains = kind !== 'evaluate';
  return (
    <section className={classes.form} aria-labelledby="new-experiment">
      <div className={classes.head}>
        <h2 id="new-experiment">{from === undefined ? 'New experiment' : 'Run again, changed'}</h2>
        <UnstyledButton className={classes.close} aria-label="Close the form" onClick={onClose}>
          ✕
        </UnstyledButton>
      </div>
      <form
        className={classes.fields}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Kind of experiment"
          value={kind}
          onChange={(value) => onKind(value as ExperimentKind)}
          data={KINDS.map((one) => ({ value: one, label: SHORT_KINDS[one] }))}
        />
        <p className={classes.meaning}>{KIND_MEANINGS[kind]}</p>
        <SymbolField
          symbols={symbols}
          chosen={draft.symbols}
          onChange={(chosen) => edit({ symbols: chosen })}
          onSearch={onSearch}
          error={wrong.symbols}
        />
        <div className={classes.pair}>
          {date('start', 'From', 'First candle')}
          {date('end', 'To', 'Last candle')}
        </div>
        {trains ? (
          <>
            <BudgetFields draft={draft} edit={edit} wrong={wrong} />
            {kind === 'sweep' && <GridEditor draft={draft} edit={edit} wrong={wrong} />}
            <SettingFields draft={draft} edit={edit} wrong={wrong} />
          </>
        ) : (
          <Select
            size="xs"
            label="Agent"
            allowDeselect={false}
            data={agents.map(({ id, name }) => ({ value: id, label: name }))}
            value={draft.agent}
            onChange={(agent) => edit({ agent })}
            error={wrong.agent}
          />
        )}
        <TextInput
          size="xs"
          label="Name, for you"
          placeholder={suggestName(draft)}
          maxLength={100}
          value={draft.name}
          onChange={(event) => edit({ name: event.currentTarget.value })}
          error={wrong.name}
        />
        <Estimate
          estimate={request === undefined ? undefined : estimate.data}
          asking={request !== undefined && (asked === undefined || estimate.isFetching)}
          problem={place === null ? problem : null}
          refused={place !== null}
        />
        <Button type="submit" size="sm" fullWidth loading={starting}>
          {kind === 'evaluate' ? 'Start the evaluation' : 'Start training'}
        </Button>
        <p className={classes.meaning}>
          It goes on while this page is closed, and may be cancelled at any time.
        </p>
      </form>
    </section>
  );
}

/** Before the button is pressed, what is merely empty is not called wrong. */
function typedRefusals({ symbols: _symbols, agent: _agent, ...rest }: Record<string, string>) {
  return rest;
}

function suggestName({ kind, symbols }: Draft): string {
  const [first] = symbols;
  if (first === undefined) return KIND_WORDS[kind];
  return `${KIND_WORDS[kind]}: ${first}${symbols.length > 1 ? ` and ${symbols.length - 1} more` : ''}`;
}
