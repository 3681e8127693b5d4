/** Candles a second are 1000 over the pause; 1 × is the original's candle each half second. */
export const SPEEDS = [
  { name: '0.5×', pause_ms: 1000 },
  { name: '1×', pause_ms: 500 },
  { name: '2×', pause_ms: 250 },
  { name: '5×', pause_ms: 100 },
  { name: '20×', pause_ms: 25 },
] as const;
export type Speed = (typeof SPEEDS)[number]['name'];

export interface Replay {
  /** Index of the last candle shown; null outside a replay. */
  cursor: number | null;
  playing: boolean;
  speed: Speed;
}

export type ReplayEvent =
  | { type: 'start'; at: number }
  | { type: 'play' }
  | { type: 'pause' }
  | { type: 'step'; by: number; last: number }
  | { type: 'seek'; to: number }
  | { type: 'speed'; speed: Speed }
  | { type: 'stop' };

export const IDLE: Replay = { cursor: null, playing: false, speed: '1×' };

/** The next state of a replay. At the last candle it pauses; a step by hand pauses too. */
export function advance(replay: Replay, event: ReplayEvent): Replay {
  switch (event.type) {
    case 'start':
      return { ...replay, cursor: event.at, playing: true };
    case 'play':
      return replay.cursor === null ? replay : { ...replay, playing: true };
    case 'pause':
      return { ...replay, playing: false };
    case 'step': {
      if (replay.cursor === null) return replay;
      const cursor = Math.min(Math.max(replay.cursor + event.by, 0), event.last);
      return { ...replay, cursor, playing: replay.playing && cursor < event.last };
    }
    case 'seek':
      return replay.cursor === null ? replay : { ...replay, cursor: event.to };
    case 'speed':
      return { ...replay, speed: event.speed };
    case 'stop':
      return { ...replay, cursor: null, playing: false };
  }
}

/** Pause between candles at a speed. */
export function pauseOf(speed: Speed): number {
  return SPEEDS.find(({ name }) => name === speed)?.pause_ms ?? 500;
}
