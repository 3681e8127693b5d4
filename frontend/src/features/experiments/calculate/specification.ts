import type { Experiment } from '@/api/types';
import { formatDuration } from '@/lib/duration';
import { formatInteger } from '@/lib/format';
import { isoDate } from '@/lib/time';
import { settingWord } from './points';
import { SETTINGS, valueAt, writeSetting } from './settings';

const FILL_WORDS: Record<string, string> = { next_open: 'next open', next_close: 'next close' };

/** What is done, as names and words: candles, budget, seeds, grid and the settings with a word. */
export function describeSpecification(experiment: Experiment): [string, string][] {
  const { specification, symbols, code_version, kind } = experiment;
  const { start, end, steps, budget_seconds, seeds, config, grid, agent } = specification;
  const entries: [string, string][] = [
    ['Symbols', symbols.join(', ')],
    [
      'Candles',
      `${start === null ? 'from the first' : `from ${isoDate(start)}`} ${
        end === null ? 'to the last' : `to ${isoDate(end)}`
      }`,
    ],
  ];
  if (kind === 'evaluate') entries.push(['Agent', agent ?? 'the default']);
  if (budget_seconds !== null) entries.push(['Budget', formatDuration(budget_seconds)]);
  if (steps !== null) entries.push(['Steps a unit', formatInteger(steps)]);
  if (kind !== 'evaluate') {
    entries.push(['Seeds', seeds.join(', ')]);
    for (const [path, values] of Object.entries(grid ?? {})) {
      const list: unknown[] = Array.isArray(values) ? values : [values];
      const lists = list.some(Array.isArray);
      entries.push([
        `${settingWord(path)}, tried`,
        list.map((one) => (lists ? `[${writeSetting(one)}]` : writeSetting(one))).join(', '),
      ]);
    }
    for (const { path, word, kinds } of SETTINGS) {
      if (kinds.length > 0 && !kinds.includes(kind)) continue;
      const value = valueAt(config, path);
      if (value === undefined || value === null || path in (grid ?? {})) continue;
      entries.push([word, FILL_WORDS[String(value)] ?? writeSetting(value)]);
    }
  }
  entries.push(['Code', code_version]);
  return entries;
}
