import type { Experiment, ExperimentKind } from '@/api/types';
import { isoDate } from '@/lib/time';
import { SETTINGS, valueAt, writeSetting } from './settings';

/** One line of a sweep's grid: a setting, and the values to try as they were typed. */
export interface GridLine {
  id: number;
  path: string;
  values: string;
}

/** An experiment as it stands in its form. */
export interface Draft {
  kind: ExperimentKind;
  name: string;
  symbols: string[];
  /** `YYYY-MM-DD`; empty for the first and the last candle. */
  start: string;
  end: string;
  budget: 'steps' | 'minutes';
  steps: string | number;
  minutes: string | number;
  seeds: number[];
  /** By dotted name, as they were typed. */
  settings: Record<string, string>;
  grid: GridLine[];
  /** Of an evaluation; null where none is chosen. */
  agent: string | null;
  /** Configuration that the settings are written into: that of the experiment it came from. */
  base: Record<string, unknown>;
}

/** What the agent that ships was trained with. */
const STEPS = 1500;
const MINUTES = 5;

const FIRST_GRID: GridLine[] = [
  { id: 0, path: 'learning.learning_rate', values: '0.0003, 0.001' },
  { id: 1, path: 'learning.discount', values: '0.8, 0.95' },
];

export function emptyDraft(kind: ExperimentKind, symbol: string | undefined): Draft {
  return {
    kind,
    name: '',
    symbols: symbol === undefined ? [] : [symbol],
    start: '',
    end: '',
    budget: 'steps',
    steps: STEPS,
    minutes: MINUTES,
    seeds: [0],
    settings: Object.fromEntries(SETTINGS.map(({ path, initial }) => [path, initial])),
    grid: FIRST_GRID,
    agent: null,
    base: {},
  };
}

/** What was done, to be changed and done again. */
export function draftOf({ kind, name, symbols, specification }: Experiment): Draft {
  const { start, end, seeds, steps, budget_seconds, config, grid, agent } = specification;
  const first = emptyDraft(kind, undefined);
  const settings = { ...first.settings };
  for (const { path } of SETTINGS) {
    const value = valueAt(config, path);
    if (value !== undefined && value !== null) settings[path] = writeSetting(value);
  }
  return {
    ...first,
    name,
    symbols: [...symbols],
    start: start === null ? '' : isoDate(start),
    end: end === null ? '' : isoDate(end),
    // A budget of time was turned into steps; asked for again, it is the time that was meant.
    budget: budget_seconds === null ? 'steps' : 'minutes',
    steps: steps ?? STEPS,
    minutes: budget_seconds === null ? MINUTES : budget_seconds / 60,
    seeds: seeds.length === 0 ? [0] : [...seeds],
    settings,
    grid:
      grid === null
        ? FIRST_GRID
        : Object.entries(grid).map(([path, values], id) => ({
            id,
            path,
            values: writeValues(values),
          })),
    agent,
    base: config,
  };
}

function writeValues(values: unknown): string {
  const list: unknown[] = Array.isArray(values) ? values : [values];
  return list.map(writeSetting).join(list.some(Array.isArray) ? '; ' : ', ');
}

/** So many seeds, from the first one on. */
export function countSeeds(seeds: readonly number[], count: number): number[] {
  const first = seeds[0] ?? 0;
  return Array.from({ length: count }, (_, index) => first + index);
}
