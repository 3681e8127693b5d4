import type { components, paths } from './schema';

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
export type PairedDifference = PairedDifferences['buy_and_hold'];
/** What the news is worth; older reports have none. */
export type Ablation = NonNullable<EvaluationReport['ablation']>;
export type CostStress = NonNullable<EvaluationReport['cost_stress']>;
export type StressPoint = CostStress['commission'][number];
export type RegimeResult = EvaluationReport['regimes'][number];
export type CalendarReturn = EvaluationReport['calendar'][number];
export type Attribution = NonNullable<EvaluationReport['attribution']>;
/** `/api/news/{symbol}`: headlines of a window, the newest first, with what is known of each. */
export type News = Json<paths['/api/news/{symbol}']['get']['responses'], 200>;
export type NewsItem = News['items'][number];
export type NewsSource = News['sources'][number];
export type ItemSentiment = NonNullable<NewsItem['sentiment']>;
/** `/api/sentiment/{symbol}`: the same news candle by candle. */
export type SentimentHistory = Json<paths['/api/sentiment/{symbol}']['get']['responses'], 200>;
export type NewsUpload = Json<paths['/api/news']['post']['responses'], 201>;
/** `/api/experiments`: trainings and evaluations in the background, the newest first. */
export type ExperimentPage = Json<paths['/api/experiments']['get']['responses'], 200>;
export type Experiment = ExperimentPage['experiments'][number];
export type ExperimentKind = Experiment['kind'];
export type ExperimentState = Experiment['state'];
export type ExperimentBody = NonNullable<
  paths['/api/experiments']['post']['requestBody']
>['content']['application/json'];
/** The same as the page sends it: the generated type takes what has a default for required. */
export type ExperimentRequest = Pick<ExperimentBody, 'kind' | 'symbols'> & Partial<ExperimentBody>;
export type ExperimentEstimate = Json<paths['/api/experiments/estimate']['post']['responses'], 200>;
export type Unit = Json<
  paths['/api/experiments/{experiment_id}/units']['get']['responses'],
  200
>['units'][number];
/** What happened in an experiment; members that do not apply to its kind are null. */
export type ExperimentEvent = components['schemas']['ExperimentEvent'];
export type ValidationPoint = NonNullable<ExperimentEvent['validation']>;
