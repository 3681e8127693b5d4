import type { Segment } from '@/api/types';
import { lowerBound } from '../bisect';
import type { Palette } from './palette';

/** Candles of one kind, by their first and last index on the time axis. */
export interface Shade {
  kind: Segment['kind'];
  from: number;
  to: number;
  colour: string;
  /** Word at the foot of the shade; null for none. */
  label: { text: string; colour: string } | null;
}

export const SEGMENT_WORDS: Record<Segment['kind'], { name: string; meaning: string }> = {
  train: { name: 'Train', meaning: 'The agent was trained on these candles.' },
  validation: { name: 'Validation', meaning: 'Choices between agents were made on these candles.' },
  seen: {
    name: 'Seen',
    meaning:
      'Not trained on, but no later than the agent’s last training candle: other symbols of the same days were.',
  },
  test: { name: 'Test', meaning: 'Later than anything the agent has seen.' },
};

/**
 * Where segments lie on a time axis; those that hold none of its candles are left out.
 *
 * @param labelled Whether each shade says its kind, where nothing beside the chart does.
 */
export function layOutShades(
  time: readonly number[],
  segments: readonly Segment[],
  palette: Palette,
  labelled: boolean,
): Shade[] {
  return segments
    .map(({ kind, start, end }) => ({
      kind,
      from: lowerBound(time, start),
      to: lowerBound(time, end + 1) - 1,
      colour: palette[kind],
      label: labelled
        ? { text: SEGMENT_WORDS[kind].name.toUpperCase(), colour: palette.text }
        : null,
    }))
    .filter(({ from, to }) => to >= from);
}
