import { SegmentedControl } from '@mantine/core';
import { lazy, Suspense, useMemo, useRef } from 'react';
import type { EvaluationCurve, EvaluationReport, Looks, Segment } from '@/api/types';
import { Section } from '@/components/Section';
import { Warnings } from '@/components/Warnings';
import type { Theme } from '@/lib/chart/palette';
import { SEGMENT_WORDS } from '@/lib/chart/shades';
import { formatInteger } from '@/lib/format';
import { formatSpan } from '@/lib/time';
import { readBaselines, writeBaselines } from '../calculate/baselines';
import type { MonthView } from '../calculate/calendar';
import { findCurve, foldFan, MEAN } from '../calculate/curves';
import type { StressKind } from '../calculate/stress';
import { PROTOCOL_WORDS, seedWord } from '../calculate/verdict';
import { Alarms } from './Alarms';
import { Attribution } from './Attribution';
import { Calendar } from './Calendar';
import { CostStress } from './CostStress';
import { Figures } from './Figures';
import { NewsAblation } from './NewsAblation';
import { PairedPlot } from './PairedPlot';
import { Passport } from './Passport';
import { Regimes } from './Regimes';
import classes from './ReportView.module.css';
import { Sureness } from './Sureness';
import { SymbolTable } from './SymbolTable';
import { VerdictLine } from './VerdictLine';

const CurveChart = lazy(() => import('./CurveChart'));

/** What of the report is shown; the address holds it. */
export interface ReportState {
  curve?: string | undefined;
  baselines: string;
  stress: StressKind;
  stress_bps?: number | undefined;
  months: MonthView;
  sort: string;
}

interface ReportViewProps {
  report: EvaluationReport;
  /** The newest count of looks, which may be of another answer. */
  looks: Looks | null;
  state: ReportState;
  onChange: (part: Partial<ReportState>) => void;
  theme: Theme;
  /** Where the report is downloaded. */
  address: string;
  /** The report is not (yet) the one asked for. */
  outdated: boolean;
}

/** When, on what and by whom: `2018-01-02 – 2019-12-31, 30 symbols, 10 seeds`. */
function describeTest({ segments, rows, protocol, significance }: EvaluationReport): string {
  const tests = segments.filter(({ kind }) => kind === 'test');
  const start = Math.min(...tests.map((segment) => segment.start));
  const end = Math.max(...tests.map((segment) => segment.end));
  const seeds = significance?.seeds.seeds;
  return [
    tests.length === 0 ? null : `test ${formatSpan(start, end)}`,
    rows.length > 1 ? `${formatInteger(rows.length)} symbols` : rows[0]?.symbol,
    seeds === undefined ? null : `${formatInteger(seeds)} ${seedWord(protocol, seeds)}`,
  ]
    .filter((part) => part !== null && part !== undefined)
    .join(', ');
}

/** Closes before the test are at most so many; longer histories are thinned out evenly. */
const THINNED_FROM = 500;

/** What the shades behind a chart mean, for the kinds that it has. */
function describeShades(segments: readonly Segment[], { history }: EvaluationCurve): string {
  const shades = (['train', 'validation', 'seen', 'test'] as const)
    .filter((kind) => segments.some((segment) => segment.kind === kind))
    .map((kind) => `${SEGMENT_WORDS[kind].name}: ${lowerFirst(SEGMENT_WORDS[kind].meaning)}`)
    .join(' ');
  return history !== null && history.time.length >= THINNED_FROM
    ? `${shades} Closes before the test are thinned out.`
    : shades;
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

function bringIntoView(element: HTMLElement): void {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ behavior: still ? 'instant' : 'smooth', block: 'nearest' });
}

/** A whole evaluation, whichever protocol made it. */
export function ReportView(props: ReportViewProps) {
  const { report, looks, state, onChange, theme, address, outdated } = props;
  const { passport, paired, cost_stress, attribution, regimes, calendar, warnings } = report;
  const seeds = report.significance?.seeds.seeds ?? 0;
  const curve = useMemo(() => {
    const found = findCurve(report, state.curve);
    return found === undefined ? undefined : foldFan(found, seeds);
  }, [report, state.curve, seeds]);
  const baselines = useMemo(() => readBaselines(state.baselines), [state.baselines]);
  const chart = useRef<HTMLDivElement>(null);
  const tested = report.rows.length > 0;
  const several = report.rows.length > 1;
  const tableTitle = several
    ? 'Sharpe ratio by symbol'
    : `Sharpe ratios of ${report.rows[0]?.symbol}`;
  const charged = { commission: passport.commission_bps, slippage: passport.slippage_bps };
  return (
    <article className={classes.report} data-outdated={outdated} aria-label={report.title}>
      <div className={classes.top}>
        <div className={classes.title}>
          <h2>{report.title}</h2>
          <p>
            {PROTOCOL_WORDS[report.protocol]}
            {report.protocol === 'agent' && tested && ' on candles it never saw'}
            {tested && `; ${describeTest(report)}`}
          </p>
        </div>
        <VerdictLine report={report} />
        {report.rows.length === 0 && (
          <p className={classes.advice}>
            Upload candles that are newer than what the agent has seen, pick another symbol, or open
            a kept report above.
          </p>
        )}
        <Figures report={report} />
      </div>
      <Warnings warnings={warnings} />
      <div className={classes.sections}>
        {report.ablation && (
          <Section wide title="Does the news help?">
            <NewsAblation ablation={report.ablation} />
          </Section>
        )}
        {curve !== undefined && (
          <Section
            wide
            title={
              curve.symbol === null
                ? `Net worth, mean of ${formatInteger(report.rows.length)} symbols`
                : `Price and net worth, ${curve.symbol}`
            }
            note={
              curve.symbol === null
                ? 'Test candles alone. Choose a symbol in the table below to see its price and what was trained on.'
                : describeShades(report.segments, curve)
            }
          >
            <div ref={chart}>
              <Suspense fallback={<p className={classes.waiting}>Drawing…</p>}>
                <CurveChart
                  curve={curve}
                  segments={report.segments}
                  baselines={baselines}
                  onBaselines={(chosen) => onChange({ baselines: writeBaselines(chosen) })}
                  theme={theme}
                  seeds={seedWord(report.protocol, 2)}
                />
              </Suspense>
            </div>
            {report.protocol === 'agent' && seeds > 1 && (
              <p className={classes.advice}>
                The agent averages the Q-values of its networks before it decides, so it may lie
                outside the band of networks that each trade alone.
              </p>
            )}
          </Section>
        )}
        {report.rows.length > 0 && (
          <div className={classes.column}>
            {report.alarms.length > 0 && (
              <Section title="Alarms">
                <Alarms alarms={report.alarms} />
              </Section>
            )}
            {paired !== null && (
              <Section title="Against the baselines">
                <PairedPlot paired={paired} several={several} />
              </Section>
            )}
            {regimes.length > 0 && (
              <Section title="Bull, bear and sideways" note="Told in hindsight, from the closes.">
                <Regimes regimes={regimes} />
              </Section>
            )}
            {attribution !== null && (
              <Section title="What the profit rests on">
                <Attribution
                  attribution={attribution}
                  symbols={report.rows.length}
                  seeds={report.protocol === 'agent' ? 1 : seeds}
                />
              </Section>
            )}
          </div>
        )}
        <div className={classes.column} data-wide={report.rows.length === 0}>
          <Section title="Luck and looks">
            <Sureness report={report} looks={looks} />
          </Section>
          {cost_stress !== null && (
            <Section title="Cost stress">
              <CostStress
                stress={cost_stress}
                kind={state.stress}
                onKind={(stress) => onChange({ stress })}
                bps={state.stress_bps}
                onBps={(stress_bps) => onChange({ stress_bps })}
                charged={charged}
              />
            </Section>
          )}
        </div>
        {report.rows.length > 0 && (
          <Section
            wide
            title={tableTitle}
            note={
              several
                ? 'Choose a row to draw its curve. All figures are from test candles.'
                : undefined
            }
          >
            <SymbolTable
              report={report}
              title={tableTitle}
              chosen={curve?.symbol ?? MEAN}
              onChoose={(symbol) => {
                onChange({ curve: symbol });
                if (chart.current !== null) bringIntoView(chart.current);
              }}
              sort={state.sort}
              onSort={(sort) => onChange({ sort })}
            />
          </Section>
        )}
        {calendar.length > 0 && (
          <Section
            wide
            title="Years and months"
            controls={
              <SegmentedControl
                size="xs"
                aria-label="Returns shown"
                value={state.months}
                onChange={(months) => onChange({ months: months as MonthView })}
                data={[
                  { value: 'agent', label: 'Agent' },
                  { value: 'difference', label: 'Less buy and hold' },
                ]}
              />
            }
          >
            <Calendar calendar={calendar} view={state.months} />
          </Section>
        )}
        <Section wide title="Passport">
          <Passport report={report} address={address} />
        </Section>
      </div>
    </article>
  );
}
