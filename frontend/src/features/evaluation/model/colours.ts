import type { Theme } from '@/lib/chart/palette';
import type { Baseline } from '../calculate/baselines';

/**
 * Colours of the baselines' lines, which red-green blindness keeps apart; their dashes and names
 * tell them apart without colour.
 */
export const BASELINE_COLOURS: Record<Theme, Record<Baseline, string>> = {
  dark: {
    buy_and_hold: '#c3ccd8',
    sell_and_hold: '#ff8fa3',
    trend_following: '#5cb8ff',
    mean_reversion: '#ffb454',
    random: '#4fbfac',
  },
  light: {
    buy_and_hold: '#3b4450',
    sell_and_hold: '#b3254a',
    trend_following: '#0b66c3',
    mean_reversion: '#a85a00',
    random: '#17705f',
  },
};

/** Dashes as the page draws them in a key, after those of the chart. */
export const BASELINE_DASHES: Record<Baseline, 'dashed' | 'dotted' | 'solid'> = {
  buy_and_hold: 'dashed',
  sell_and_hold: 'dotted',
  trend_following: 'solid',
  mean_reversion: 'dashed',
  random: 'dotted',
};
