import { useEffect, useState } from 'react';

const TICK_MS = 20_000;

/** The time, in epoch milliseconds, now and then anew, for what says how old it is. */
export function useNow(tick_ms = TICK_MS): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tick_ms);
    return () => clearInterval(timer);
  }, [tick_ms]);
  return now;
}
