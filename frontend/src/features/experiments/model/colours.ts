import type { Theme } from '@/lib/chart/palette';

type Dash = 'solid' | 'dashed' | 'dotted';

/** Most runs that are laid over each other: more colours could not be told apart. */
export const MOST_RUNS = 6;

/** Colours of runs side by side; names and dashes tell them apart without colour. */
const RUN_COLOURS: Record<Theme, readonly string[]> = {
  dark: ['#b39bff', '#5cb8ff', '#ffb454', '#4fbfac', '#ff8fa3', '#d6cf6a'],
  light: ['#6741d9', '#0b66c3', '#a85a00', '#17705f', '#b3254a', '#686100'],
};
const RUN_DASHES: readonly Dash[] = ['solid', 'solid', 'solid', 'dashed', 'dashed', 'dotted'];
const HOLDING: Record<Theme, string> = { dark: '#c3ccd8', light: '#3b4450' };

export interface Stroke {
  colour: string;
  dash: Dash;
}

/** How the run at this place among those that are compared is drawn. */
export function strokeOfRun(index: number, theme: Theme): Stroke {
  return {
    colour: RUN_COLOURS[theme][index % MOST_RUNS] ?? '',
    dash: RUN_DASHES[index % MOST_RUNS] ?? 'solid',
  };
}

export function strokeOfHolding(theme: Theme): Stroke {
  return { colour: HOLDING[theme], dash: 'dashed' };
}
