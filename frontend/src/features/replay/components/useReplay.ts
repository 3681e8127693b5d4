import { useEffect, useReducer } from 'react';
import { advance, IDLE, pauseOf } from '../calculate/replay';

/** A replay over candles up to `last`; `subject` names what is replayed, and ends it on change. */
export function useReplay(subject: string, last: number) {
  const [replay, send] = useReducer(advance, IDLE);
  const { playing, speed } = replay;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another subject ends the replay
  useEffect(() => send({ type: 'stop' }), [subject]);

  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => send({ type: 'step', by: 1, last }), pauseOf(speed));
    return () => clearInterval(timer);
  }, [playing, speed, last]);

  return { replay, send };
}
