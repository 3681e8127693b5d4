const LIMITS = {
  cash: { minimum: 1, maximum: 1e12 },
  commission_bps: { minimum: 0, maximum: 1000 },
  slippage_bps: { minimum: 0, maximum: 1000 },
} as const;

export interface ReadAssumptions {
  cash?: number;
  commission_bps?: number;
  slippage_bps?: number;
  start?: string | undefined;
  end?: string | undefined;
}

/**
 * What of a form's fields can be sent: numbers inside their limits, complete dates; an emptied
 * date is none. A field half typed is left out and so stays as it was.
 */
export function readAssumptions(draft: Record<string, string | number>): ReadAssumptions {
  const read: ReadAssumptions = {};
  for (const name of ['cash', 'commission_bps', 'slippage_bps'] as const) {
    const given = draft[name];
    if (given === undefined || given === '') continue;
    const value = Number(given);
    const { minimum, maximum } = LIMITS[name];
    if (value >= minimum && value <= maximum) read[name] = value;
  }
  for (const name of ['start', 'end'] as const) {
    const given = draft[name];
    if (given === '') read[name] = undefined;
    else if (typeof given === 'string' && /^[12]\d{3}-\d\d-\d\d$/.test(given)) read[name] = given;
  }
  return read;
}
