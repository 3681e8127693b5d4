export type Theme = 'light' | 'dark';

/** Colours of one theme. Text on background is at least 4.5 : 1 (WCAG AA). */
export interface Palette {
  background: string;
  text: string;
  grid: string;
  border: string;
  crosshair: string;
  crosshairLabel: string;
  up: string;
  down: string;
  volumeUp: string;
  volumeDown: string;
  buy: string;
  sell: string;
  agent: string;
  agentFill: string;
  benchmark: string;
  watermark: string;
  /** Shades behind the candles, by what the agent knows of them. */
  train: string;
  validation: string;
  seen: string;
  test: string;
}

/**
 * Buy is blue and sell amber, which red-green blindness keeps apart, and neither is a candle's
 * colour; shape and word say the same again.
 */
export const PALETTES: Record<Theme, Palette> = {
  dark: {
    background: '#12161d',
    text: '#a7b1bf',
    grid: '#1d232d',
    border: '#2b333f',
    crosshair: '#6b7788',
    crosshairLabel: '#36404e',
    up: '#3fa796',
    down: '#c9565b',
    volumeUp: 'rgba(63, 167, 150, 0.32)',
    volumeDown: 'rgba(201, 86, 91, 0.32)',
    buy: '#5cb8ff',
    sell: '#ffb454',
    agent: '#b39bff',
    agentFill: 'rgba(179, 155, 255, 0.16)',
    benchmark: '#8e99a8',
    watermark: 'rgba(167, 177, 191, 0.13)',
    train: 'rgba(167, 177, 191, 0.14)',
    validation: 'rgba(255, 180, 84, 0.08)',
    seen: 'rgba(167, 177, 191, 0.09)',
    test: 'rgba(179, 155, 255, 0.04)',
  },
  light: {
    background: '#ffffff',
    text: '#4a5361',
    grid: '#eef0f3',
    border: '#d5dae1',
    crosshair: '#8a94a3',
    crosshairLabel: '#4a5361',
    up: '#1f8a78',
    down: '#bf3f45',
    volumeUp: 'rgba(31, 138, 120, 0.28)',
    volumeDown: 'rgba(191, 63, 69, 0.28)',
    buy: '#0b66c3',
    sell: '#a85a00',
    agent: '#6741d9',
    agentFill: 'rgba(103, 65, 217, 0.12)',
    benchmark: '#6b7684',
    watermark: 'rgba(74, 83, 97, 0.12)',
    train: 'rgba(74, 83, 97, 0.11)',
    validation: 'rgba(168, 90, 0, 0.09)',
    seen: 'rgba(74, 83, 97, 0.06)',
    test: 'rgba(103, 65, 217, 0.035)',
  },
};

const FADED = '66';

/** The palette with all that belongs to a run fainter; candles keep their colours. */
export function fadeRun(palette: Palette): Palette {
  const { buy, sell, agent, benchmark } = palette;
  return {
    ...palette,
    buy: buy + FADED,
    sell: sell + FADED,
    agent: agent + FADED,
    agentFill: 'transparent',
    benchmark: benchmark + FADED,
  };
}
