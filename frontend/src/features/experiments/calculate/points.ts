import { findSetting, writeSetting } from './settings';

/** The words of a setting, or its last name where the page has no word for it. */
export function settingWord(path: string): string {
  return findSetting(path)?.word ?? path;
}

/** `Learning rate 0.001, Discount 0.9`: what a point of a sweep varies. */
export function describePoint(point: Record<string, unknown>): string {
  return Object.entries(point)
    .map(([path, value]) => `${settingWord(path)} ${writeSetting(value)}`)
    .join(', ');
}
