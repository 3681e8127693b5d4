import type { GridLine } from './draft';
import { findSetting, readSetting, type SettingValue } from './settings';

/**
 * The values of a line of the grid. Values that are lists themselves stand between semicolons:
 * `64, 32; 128, 64`.
 */
export function readLine({ path, values }: GridLine): SettingValue[] | { refused: string } {
  const setting = findSetting(path);
  if (setting === undefined) return { refused: 'Choose a setting.' };
  const lists = setting.shape === 'wholes' || setting.shape === 'numbers';
  const read: SettingValue[] = [];
  for (const part of values.split(lists ? ';' : ',')) {
    if (part.trim() === '') continue;
    const value = readSetting(setting, part.trim());
    if (typeof value === 'object' && 'refused' in value) return value;
    read.push(value);
  }
  return read.length === 0 ? { refused: `${setting.word}: values to try.` } : read;
}

/** `2 × 2 points × 3 seeds = 12 units`; null while a line cannot be read. */
export function describeUnits(grid: readonly GridLine[], seeds: number): string | null {
  const sizes: number[] = [];
  for (const line of grid) {
    const values = readLine(line);
    if ('refused' in values) return null;
    sizes.push(values.length);
  }
  if (sizes.length === 0) return null;
  const units = sizes.reduce((product, size) => product * size, seeds);
  const points = `${sizes.join(' × ')} ${units / seeds === 1 ? 'point' : 'points'}`;
  return `${points} × ${seeds} ${seeds === 1 ? 'seed' : 'seeds'} = ${units} ${
    units === 1 ? 'unit' : 'units'
  }`;
}
