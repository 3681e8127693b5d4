import * as v from 'valibot';

export const RANGES = ['1M', '3M', '6M', '1Y', '5Y', 'All'] as const;
export const DEFAULTS = {
  range: '1Y',
  log: false,
  cash: 100_000,
  commission_bps: 10,
  slippage_bps: 0,
  fill: 'next_open',
  scope: 'test',
  baselines: 'buy_and_hold',
  stress: 'commission',
  months: 'agent',
  sort: 'symbol',
  panel: 'backtest',
  sentiment: true,
  news_days: 15,
} as const;

/** What a run is paid and filled by, where the address says nothing else. */
export const DEFAULT_COSTS = {
  cash: DEFAULTS.cash,
  commission_bps: DEFAULTS.commission_bps,
  slippage_bps: DEFAULTS.slippage_bps,
  fill: DEFAULTS.fill,
};

const number = (minimum: number, maximum: number) =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.nonEmpty())]),
    v.transform(Number),
    v.finite(),
    v.minValue(minimum),
    v.maxValue(maximum),
  );
const date = v.pipe(v.string(), v.isoDate());
const symbol = v.pipe(
  v.string(),
  v.transform((text) => text.trim()),
  v.regex(/^[A-Za-z0-9^][A-Za-z0-9.^=_&-]{0,31}$/),
);
const identifier = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/));
/** An agent, or with `@` the agent as it was at a step of its training. */
const agent = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]{0,63}(@\d{1,9})?$/));
const step = v.pipe(number(0, 1e9), v.integer());
const KINDS = ['train', 'sweep', 'walk-forward', 'evaluate'] as const;
const STATES = ['queued', 'running', 'cancelling', 'cancelled', 'failed', 'done'] as const;
const flag = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false', '1', '0'])]),
  v.transform((value) => value === true || value === 'true' || value === '1'),
);

/** A part of the address that cannot be read falls back to its default; the page still opens. */
const Search = v.object({
  symbol: v.fallback(v.optional(symbol), undefined),
  agent: v.fallback(v.optional(agent), undefined),
  range: v.fallback(v.optional(v.picklist(RANGES), DEFAULTS.range), DEFAULTS.range),
  start: v.fallback(v.optional(date), undefined),
  end: v.fallback(v.optional(date), undefined),
  log: v.fallback(v.optional(flag, DEFAULTS.log), DEFAULTS.log),
  cash: v.fallback(v.optional(number(1, 1e12), DEFAULTS.cash), DEFAULTS.cash),
  commission_bps: v.fallback(
    v.optional(number(0, 1000), DEFAULTS.commission_bps),
    DEFAULTS.commission_bps,
  ),
  slippage_bps: v.fallback(
    v.optional(number(0, 1000), DEFAULTS.slippage_bps),
    DEFAULTS.slippage_bps,
  ),
  fill: v.fallback(
    v.optional(v.picklist(['next_open', 'next_close']), DEFAULTS.fill),
    DEFAULTS.fill,
  ),
  /** Dashboard: whether metrics are those of the test alone or of all that was traded. */
  scope: v.fallback(v.optional(v.picklist(['test', 'whole']), DEFAULTS.scope), DEFAULTS.scope),
  /** Evaluation: a kept report; none for the symbol's own. */
  report: v.fallback(v.optional(identifier), undefined),
  /** Symbol whose curve is drawn, or `mean`. */
  curve: v.fallback(v.optional(symbol), undefined),
  /** Names of the baselines that are drawn, separated by commas; `none` for none. */
  baselines: v.fallback(
    v.optional(v.pipe(v.string(), v.regex(/^[a-z_,]{1,120}$/)), DEFAULTS.baselines),
    DEFAULTS.baselines,
  ),
  stress: v.fallback(
    v.optional(v.picklist(['commission', 'slippage']), DEFAULTS.stress),
    DEFAULTS.stress,
  ),
  /** Cost that the stressed numbers are read at; none for the one nearest to what is charged. */
  stress_bps: v.fallback(v.optional(number(0, 10_000)), undefined),
  months: v.fallback(
    v.optional(v.picklist(['agent', 'difference']), DEFAULTS.months),
    DEFAULTS.months,
  ),
  /** Column of the table of symbols, with `-` before it for the largest first. */
  sort: v.fallback(
    v.optional(v.pipe(v.string(), v.regex(/^-?[a-z_]{1,32}$/)), DEFAULTS.sort),
    DEFAULTS.sort,
  ),
  /** What stands beside the chart. */
  panel: v.fallback(v.optional(v.picklist(['backtest', 'news']), DEFAULTS.panel), DEFAULTS.panel),
  /** Whether the pane of sentiment is shown. */
  sentiment: v.fallback(v.optional(flag, DEFAULTS.sentiment), DEFAULTS.sentiment),
  /** Window of the news: so many days up to `as_of`. */
  news_days: v.fallback(
    v.optional(v.pipe(number(1, 3650), v.integer()), DEFAULTS.news_days),
    DEFAULTS.news_days,
  ),
  /** Last day of that window; none for the gateway's own. */
  as_of: v.fallback(v.optional(date), undefined),
  news_label: v.fallback(
    v.optional(v.picklist(['positive', 'neutral', 'negative', 'unscored'])),
    undefined,
  ),
  /** Who wrote the headlines that are listed; none for all. */
  news_source: v.fallback(v.optional(v.pipe(v.string(), v.maxLength(200))), undefined),
  /** Experiments: those of the list that are shown; none for all. */
  state: v.fallback(v.optional(v.picklist(STATES)), undefined),
  kind: v.fallback(v.optional(v.picklist(KINDS)), undefined),
  /** Kind of the experiment whose form is open, and the earlier one that fills it. */
  new: v.fallback(v.optional(v.picklist(KINDS)), undefined),
  from: v.fallback(v.optional(identifier), undefined),
  /** Agents that are compared, or chosen to be, separated by commas. */
  agents: v.fallback(v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9@,_-]{1,500}$/))), undefined),
  /** Experiment: unit whose curves are drawn, and the validation that is looked at. */
  unit: v.fallback(v.optional(v.pipe(number(0, 1e6), v.integer())), undefined),
  at: v.fallback(v.optional(step), undefined),
  /** Agent whose policy is looked at, with the step of its training. */
  policy: v.fallback(v.optional(agent), undefined),
  /** Whether the experiment is an earlier one that was asked for again. */
  reused: v.fallback(v.optional(flag), undefined),
  theme: v.fallback(v.optional(v.picklist(['light', 'dark'])), undefined),
});

/** The whole state of all pages: what is in the address restores it. */
export type Search = v.InferOutput<typeof Search>;

export function validateSearch(raw: Record<string, unknown>): Search {
  return v.parse(Search, raw);
}

/** Plain `name=value` pairs; the router's own JSON would quote a symbol such as `700`. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** What differs from the defaults, so that a copied address says what matters and no more. */
export function stringifySearch(search: Record<string, unknown>): string {
  const defaults: Record<string, unknown> = DEFAULTS;
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === '' || value === defaults[name]) continue;
    pairs.set(name, String(value));
  }
  const text = pairs.toString();
  return text === '' ? '' : `?${text}`;
}
