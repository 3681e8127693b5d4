import type { KeyboardEvent } from 'react';

interface MovedByKeys {
  /** Move the crosshair by candles. */
  step(candles: number): void;
  /** Show fewer (factor below 1) or more candles. */
  zoom(factor: number): void;
}

/** Arrows move the crosshair, with Shift by ten candles; plus and minus zoom. */
export function moveByKey(event: KeyboardEvent, chart: MovedByKeys | null): void {
  const moves: Record<string, () => void> = {
    ArrowLeft: () => chart?.step(event.shiftKey ? -10 : -1),
    ArrowRight: () => chart?.step(event.shiftKey ? 10 : 1),
    '+': () => chart?.zoom(0.8),
    '-': () => chart?.zoom(1.25),
  };
  const move = moves[event.key];
  if (move === undefined) return;
  event.preventDefault();
  move();
}
