import type { paths } from './schema';

type Json<Responses, Status extends number> =
  Responses extends Record<Status, { content: { 'application/json': infer Body } }> ? Body : never;

/** `/api/candles/{symbol}`: one series, columns of equal length. */
export type Series = Json<paths['/api/candles/{symbol}']['get']['responses'], 200>;
/** `/api/signals/{symbol}`: decisions, fills, ledger and metrics of one backtest. */
export type Signals = Json<paths['/api/signals/{symbol}']['get']['responses'], 200>;
export type SymbolList = Json<paths['/api/symbols']['get']['responses'], 200>;
export type SymbolEntry = SymbolList['symbols'][number];
export type SourceStatus = SymbolList['sources'][number];
export type Agent = Json<paths['/api/agents']['get']['responses'], 200>['agents'][number];
export type Dataset = Json<paths['/api/datasets']['post']['responses'], 201>;
export type Issue = Dataset['issues'][number];
export type Fill = Signals['fills'][number];
export type Metrics = Signals['metrics'];
export type Segment = Signals['segments'][number];
export type Looks = Signals['looks'];
export type Ledger = Signals['ledger'];
export type Action = Signals['decisions']['action'][number];
export type FillRule = Signals['fill_used'];
export type Source = Series['source'];
/** `/api/evaluation/{symbol}`: an agent, or the agents of a protocol, judged on unseen candles. */
export type EvaluationReport = Json<paths['/api/evaluation/{symbol}']['get']['responses'], 200>;
export type EvaluationSummary = Json<
  paths['/api/evaluations']['get']['responses'],
  200
>['evaluations'][number];
export type EvaluationRow = EvaluationReport['rows'][number];
export type EvaluationCurve = EvaluationReport['curves'][number];
export type EvaluationPassport = EvaluationReport['passport'];
export type Alarm = EvaluationReport['alarms'][number];
export type Verdict = EvaluationReport['verdict'];
export type PairedDifferences = NonNullable<EvaluationReport['paired']>;
export type CostStress = NonNullable<EvaluationReport['cost_stress']>;
export type StressPoint = CostStress['commission'][number];
export type RegimeResult = EvaluationReport['regimes'][number];
export type CalendarReturn = EvaluationReport['calendar'][number];
export type Attribution = NonNullable<EvaluationReport['attribution']>;
