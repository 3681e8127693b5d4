import type { ExperimentKind } from '@/api/types';

type Shape = 'whole' | 'number' | 'wholes' | 'numbers' | 'fill';

export type SettingValue = number | string | number[];

/** A part of the configuration that may be chosen in the page. */
export interface Setting {
  /** Dotted name in the configuration. */
  path: string;
  word: string;
  meaning: string;
  shape: Shape;
  /** As it is written into its field; empty where the service's own is taken. */
  initial: string;
  /** Kinds that have it in their form; none where it is for sweeps alone. */
  kinds: readonly ExperimentKind[];
}

const LEARNS: readonly ExperimentKind[] = ['train', 'sweep', 'walk-forward'];
const WALKS: readonly ExperimentKind[] = ['walk-forward'];

export const SETTINGS: readonly Setting[] = [
  {
    path: 'members',
    word: 'Networks',
    meaning: 'Networks from different seeds whose Q-values are averaged into one agent.',
    shape: 'whole',
    initial: '8',
    kinds: LEARNS,
  },
  {
    path: 'network.hidden',
    word: 'Hidden layers',
    meaning: 'Widths of the hidden layers, from the first on, separated by commas.',
    shape: 'wholes',
    initial: '32',
    kinds: LEARNS,
  },
  {
    path: 'learning.learning_rate',
    word: 'Learning rate',
    meaning: 'How far each step moves the weights.',
    shape: 'number',
    initial: '0.001',
    kinds: LEARNS,
  },
  {
    path: 'learning.discount',
    word: 'Discount',
    meaning: 'What the next candle’s value counts, below 1. Higher looks further ahead.',
    shape: 'number',
    initial: '0.95',
    kinds: LEARNS,
  },
  {
    path: 'costs.commission_bps',
    word: 'Commission, bps',
    meaning: 'Of the traded value, a side. The agent learns with it.',
    shape: 'number',
    initial: '10',
    kinds: LEARNS,
  },
  {
    path: 'fill',
    word: 'Fill at the next',
    meaning: 'Orders fill at the next candle’s open, or at its close.',
    shape: 'fill',
    initial: 'next_open',
    kinds: LEARNS,
  },
  {
    path: 'ladder.rungs',
    word: 'Exposure ladder',
    meaning:
      'Shares of net worth that may be held, 0 among them, separated by commas. Below 0 is short.',
    shape: 'numbers',
    initial: '0, 1',
    kinds: LEARNS,
  },
  ...(['train', 'validation', 'test'] as const).map(
    (part): Setting => ({
      path: `windows.${part}_candles`,
      word: `${part.charAt(0).toUpperCase()}${part.slice(1)} candles`,
      meaning: `Candles of the ${part} part of every window; empty for the default.`,
      shape: 'whole',
      initial: '',
      kinds: WALKS,
    }),
  ),
  ...(
    [
      ['learning.batch_candles', 'Batch', 'whole', '256'],
      ['learning.input_noise', 'Input noise', 'number', '0.3'],
      ['learning.weight_decay', 'Weight decay', 'number', '0.01'],
      ['learning.target_rate', 'Target rate', 'number', '0.02'],
      ['learning.risk_aversion', 'Risk aversion', 'number', '8'],
      ['learning.turnover_penalty_bps', 'Turnover penalty, bps', 'number', '0'],
    ] as const
  ).map(
    ([path, word, shape, initial]): Setting => ({
      path,
      word,
      meaning: '',
      shape,
      initial,
      kinds: [],
    }),
  ),
];

/** Those that the form of a kind shows. */
export function settingsOf(kind: ExperimentKind): readonly Setting[] {
  return SETTINGS.filter(({ kinds }) => kinds.includes(kind));
}

/** Those that may be varied in a sweep. */
export const SWEPT = SETTINGS.filter(({ kinds }) => kinds !== WALKS);

export function findSetting(path: string): Setting | undefined {
  return SETTINGS.find((setting) => setting.path === path);
}

/** What was typed for a setting as its value; a sentence where it is none. */
export function readSetting(setting: Setting, text: string): SettingValue | { refused: string } {
  const { shape, word } = setting;
  if (shape === 'fill') return text;
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const numbers = parts.map(Number);
  const whole = shape === 'whole' || shape === 'wholes';
  if (
    parts.length === 0 ||
    !numbers.every((value) => Number.isFinite(value) && (!whole || Number.isInteger(value)))
  ) {
    const what = whole ? 'whole numbers' : 'numbers';
    return {
      refused: shape.endsWith('s')
        ? `${word}: ${what}, separated by commas.`
        : `${word}: ${whole ? 'a whole number' : 'a number'}.`,
    };
  }
  if (shape.endsWith('s')) return numbers;
  if (numbers.length > 1) return { refused: `${word}: one number.` };
  return numbers[0] as number;
}

/** A value as it is written into its field. */
export function writeSetting(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}

/** What stands at a dotted name of a configuration. */
export function valueAt(config: Record<string, unknown>, path: string): unknown {
  let place: unknown = config;
  for (const name of path.split('.')) {
    if (typeof place !== 'object' || place === null) return undefined;
    place = (place as Record<string, unknown>)[name];
  }
  return place;
}

/** The configuration with another value at a dotted name. */
export function withValue(
  config: Record<string, unknown>,
  path: string,
  value: unknown,
): Record<string, unknown> {
  const [name = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...config, [name]: value };
  const section = config[name];
  const inner = typeof section === 'object' && section !== null ? section : {};
  return {
    ...config,
    [name]: withValue(inner as Record<string, unknown>, rest.join('.'), value),
  };
}
