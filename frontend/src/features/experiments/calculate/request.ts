import type { ExperimentRequest } from '@/api/types';
import type { Draft } from './draft';
import { readLine } from './grid';
import { readSetting, settingsOf, withValue } from './settings';

/** What is wrong with a draft, by the field it stands at (`symbols`, `budget`, `network.hidden`). */
export type Refusals = Record<string, string>;

export interface ReadDraft {
  /** What the gateway is asked; undefined where the draft cannot be read. */
  request: ExperimentRequest | undefined;
  refusals: Refusals;
}

/** A draft as the gateway takes it, or what keeps it from being one. */
export function readDraft(draft: Draft): ReadDraft {
  const refusals: Refusals = {};
  const { kind, name, symbols, start, end } = draft;
  if (symbols.length === 0) refusals.symbols = 'Choose at least one symbol.';
  if (start !== '' && end !== '' && start > end) refusals.end = 'The end is before the start.';
  const request: ExperimentRequest = {
    kind,
    symbols,
    seeds: draft.seeds,
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(start === '' ? {} : { start }),
    ...(end === '' ? {} : { end }),
  };
  if (kind === 'evaluate') {
    // Nothing is trained, so that neither seeds nor settings mean anything.
    delete request.seeds;
    if (draft.agent === null) refusals.agent = 'Choose an agent.';
    else request.agent = draft.agent;
  } else {
    addBudget(draft, request, refusals);
    request.config = readConfig(draft, refusals);
    if (kind === 'sweep') request.grid = readGrid(draft, refusals);
  }
  return { request: Object.keys(refusals).length === 0 ? request : undefined, refusals };
}

function addBudget(draft: Draft, request: ExperimentRequest, refusals: Refusals): void {
  if (draft.budget === 'steps') {
    const steps = Number(draft.steps);
    if (!Number.isInteger(steps) || steps < 1) refusals.budget = 'A whole number of steps.';
    request.steps = steps;
    return;
  }
  const seconds = Math.round(Number(draft.minutes) * 60);
  if (!Number.isFinite(seconds) || seconds < 1) refusals.budget = 'A number of minutes above 0.';
  request.budget_seconds = seconds;
}

function readConfig(draft: Draft, refusals: Refusals): Record<string, unknown> {
  const varied = draft.kind === 'sweep' ? draft.grid.map(({ path }) => path) : [];
  let config = draft.base;
  for (const setting of settingsOf(draft.kind)) {
    const { path, initial } = setting;
    const text = draft.settings[path] ?? initial;
    if (varied.includes(path) || (text.trim() === '' && initial === '')) continue;
    const value = readSetting(setting, text);
    if (typeof value === 'object' && 'refused' in value) refusals[path] = value.refused;
    else config = withValue(config, path, value);
  }
  return config;
}

function readGrid(
  draft: Draft,
  refusals: Refusals,
): Record<string, (string | number | number[])[]> {
  const grid: Record<string, (string | number | number[])[]> = {};
  if (draft.grid.length === 0) refusals.grid = 'Add a setting to vary.';
  for (const line of draft.grid) {
    const values = readLine(line);
    if ('refused' in values) refusals[`grid.${line.path}`] = values.refused;
    else if (line.path in grid) refusals[`grid.${line.path}`] = 'This setting is there twice.';
    else grid[line.path] = values;
  }
  return grid;
}
