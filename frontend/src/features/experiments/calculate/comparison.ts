import type { Action, Agent, Experiment, Signals } from '@/api/types';
import { ABSENT, formatInteger } from '@/lib/format';
import { formatSpan } from '@/lib/time';
import type { OverlayLine } from '../model/OverlayModel';
import { settingWord } from './points';
import { writeSetting } from './settings';

/** One of the runs that are compared; what is not known yet is undefined. */
export interface Run {
  /** Agent as the address names it, a step of its training included. */
  id: string;
  agent: Agent | undefined;
  experiment: Experiment | undefined;
  signals: Signals | undefined;
}

/** The candles that all agents were validated on; null where they have none in common. */
export function sharedValidation(agents: readonly Agent[]): { start: number; end: number } | null {
  if (agents.length === 0) return null;
  const start = Math.max(...agents.map(({ validation }) => validation.start));
  const end = Math.min(...agents.map(({ validation }) => validation.end));
  return start < end ? { start, end } : null;
}

/** Values as hundredths of the first of them. */
export function rebase(values: readonly number[]): number[] {
  const [first] = values;
  return first === undefined ? [] : values.map((value) => (100 * value) / first);
}

/** Net worth of every run, and of buy and hold, from 100 on. */
export function overlayOf(runs: readonly Run[]): OverlayLine[] {
  const lines = runs.flatMap(({ id, signals }, run): OverlayLine[] =>
    signals === undefined
      ? []
      : [{ name: id, run, time: signals.ledger.time, value: rebase(signals.ledger.net_worth) }],
  );
  const holding = runs.find(({ signals }) => signals !== undefined)?.signals?.baselines.buy_and_hold
    .ledger;
  return holding === undefined
    ? lines
    : [
        ...lines,
        { name: 'Buy and hold', run: null, time: holding.time, value: rebase(holding.net_worth) },
      ];
}

interface Decided {
  action: Action;
  exposure: number;
}

export interface Difference {
  time: number;
  first: Decided;
  other: Decided;
}

/** The first candle after which two runs do not hold the same; null where there is none. */
export function firstDifference(first: Signals, other: Signals): Difference | null {
  const theirs = new Map(other.decisions.time.map((time, index) => [time, index]));
  for (const [index, time] of first.decisions.time.entries()) {
    const at = theirs.get(time);
    if (at === undefined) continue;
    const one = decidedAt(first, index);
    const two = decidedAt(other, at);
    if (one.exposure !== two.exposure) return { time, first: one, other: two };
  }
  return null;
}

function decidedAt({ decisions }: Signals, index: number): Decided {
  return {
    action: decisions.action[index] ?? 'hold',
    exposure: decisions.exposure[index] ?? 0,
  };
}

export interface SettingRow {
  name: string;
  /** One a run, in their order; null where it is not known. */
  values: (string | null)[];
  differs: boolean;
}

/** What the runs were made with, side by side; what differs comes first. */
export function settingRows(runs: readonly Run[]): SettingRow[] {
  const columns = runs.map(describeRun);
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const rows = names.map((name) => {
    const values = columns.map((column) => column.get(name) ?? null);
    return { name, values, differs: new Set(values).size > 1 };
  });
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
}

function describeRun({ agent, experiment }: Run): Map<string, string> {
  const column = new Map<string, string>();
  if (agent !== undefined) {
    column.set('Trained on', agent.symbols.join(', '));
    column.set('Train candles', formatSpan(agent.train.start, agent.train.end));
    column.set('Validation candles', formatSpan(agent.validation.start, agent.validation.end));
    column.set('Steps', formatInteger(agent.steps));
    column.set('Seed', String(agent.seed));
    column.set(settingWord('members'), String(agent.members));
    column.set(settingWord('costs.commission_bps'), String(agent.commission_bps));
    column.set(settingWord('fill'), agent.fill === 'next_open' ? 'next open' : 'next close');
    column.set(settingWord('ladder.rungs'), writeSetting(agent.exposure_ladder));
  }
  // The agent's own word wins: a sweep's specification holds the base that its best unit varies.
  for (const [path, value] of leaves(experiment?.specification.config ?? {})) {
    // Windows are there in every configuration, and mean something to walk-forward alone.
    if (path.startsWith('windows.') && experiment?.kind !== 'walk-forward') continue;
    const name = settingWord(path);
    if (!column.has(name)) column.set(name, value);
  }
  return column;
}

/** Every value of a configuration under its dotted name. */
function leaves(config: Record<string, unknown>, above = ''): [string, string][] {
  return Object.entries(config).flatMap(([name, value]): [string, string][] => {
    const path = `${above}${name}`;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leaves(value as Record<string, unknown>, `${path}.`)
      : [[path, value === null ? ABSENT : writeSetting(value)]];
  });
}
