import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import type { Fill, Segment, Series } from '@/api/types';
import { SourceBadge } from '@/components/SourceBadge';
import { Warnings } from '@/components/Warnings';
import { replayStart } from '@/features/chart/calculate/range';
import { ChartToolbar } from '@/features/chart/components/ChartToolbar';
import { FillsTable } from '@/features/fills/components/FillsTable';
import { ReplayBar } from '@/features/replay/components/ReplayBar';
import { useReplay } from '@/features/replay/components/useReplay';
import { formatInteger } from '@/lib/format';
import { type Frame, tradedWindow } from '@/lib/frame';
import { formatSpan, isIntraday } from '@/lib/time';
import classes from './Dashboard.module.css';
import { headlineScope } from './headlineScope';
import { NO_EXPERIMENT } from './pageLinks';
import { Result } from './Result';
import { SidePanel } from './SidePanel';
import { RANGES, type Search } from './search';
import { TrainingStep } from './TrainingStep';
import type { Backtest } from './useBacktest';
import { useEvaluation } from './useEvaluation';
import { useNews } from './useNews';
import { VerdictStrip } from './VerdictStrip';

const Chart = lazy(() => import('@/features/chart/components/Chart'));

const BASIS = {
  raw: 'raw prices',
  adjusted: 'adjusted prices',
  mixed: 'mixed price basis',
} as const;
const NEVER_TRADED = 'The agent bought and sold nothing here.';
const NO_FILLS: readonly Fill[] = [];
const NO_SEGMENTS: readonly Segment[] = [];

interface WorkspaceProps {
  series: Series;
  frame: Frame;
  backtest: Backtest;
  search: Search;
  theme: 'light' | 'dark';
  change: (part: Partial<Search>, passing?: boolean) => void;
}

/** A symbol on the desk: result, chart, fills, and the panel beside them. */
export default function Workspace({
  series,
  frame,
  backtest,
  search,
  theme,
  change,
}: WorkspaceProps) {
  const { signals, outdated } = backtest;
  const evaluation = useEvaluation({ ...search, report: undefined });
  const intraday = isIntraday(series.interval);
  const fills = signals?.fills ?? NO_FILLS;
  const [focus, setFocus] = useState<{ time: number } | null>(null);
  const [asked, setAsked] = useState(0);
  const { replay, send } = useReplay(
    `${series.data_hash} ${signals?.agent ?? ''}`,
    tradedWindow(frame).to,
  );
  const { cursor } = replay;
  const shownFills = useMemo(() => {
    const until = cursor === null ? undefined : frame.time[cursor];
    return until === undefined ? fills : fills.filter((fill) => fill.time <= until);
  }, [fills, frame.time, cursor]);
  const moveTo = useCallback((time: number) => setFocus({ time }), []);
  const news = useNews(search, series, frame, fills, moveTo);
  const first = frame.time[0] ?? 0;
  const last = frame.time.at(-1) ?? 0;
  const narrowed = search.start !== undefined || search.end !== undefined;
  const neverTraded = `${NEVER_TRADED} ${
    narrowed ? 'Widen the traded dates or pick another agent.' : 'Pick another agent.'
  }`;
  const { scope, test } = headlineScope(evaluation, search.scope);
  const wider =
    scope === 'test' &&
    test !== null &&
    signals !== undefined &&
    (signals.passport.start !== test.start || signals.passport.end !== test.end);

  return (
    <>
      <section className={classes.summary} aria-label="Symbol">
        <div className={classes.symbol}>
          <h2>{series.symbol}</h2>
          <SourceBadge source={series.source} />
          <Button
            size="compact-xs"
            variant="default"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/experiments"
                search={{ ...search, ...NO_EXPERIMENT, new: 'train' }}
              />
            )}
          >
            Train an agent
          </Button>
          <span className={classes.facts}>
            {formatInteger(frame.length)} × {series.interval}, {formatSpan(first, last)},{' '}
            {BASIS[series.price_basis]}
            {series.currency === null ? '' : `, ${series.currency}`}
          </span>
        </div>
        {signals !== undefined && (
          <Result
            signals={signals}
            outdated={outdated}
            evaluation={evaluation}
            search={search}
            change={change}
          />
        )}
      </section>
      <VerdictStrip evaluation={evaluation} search={search} />
      <TrainingStep search={search} change={change} />
      {wider && (
        <p className={classes.caption}>
          Chart, ledger and fills below show all candles traded,{' '}
          {formatSpan(signals.passport.start, signals.passport.end)}, and the metrics count them
          all; the headline above is the test alone, from fresh cash.
        </p>
      )}
      {signals !== undefined && <Warnings warnings={signals.warnings} />}
      <div className={classes.desk}>
        <div className={classes.left}>
          <div className={classes.chart}>
            <ChartToolbar
              range={search.range}
              ranges={RANGES}
              onRange={(range) => {
                setAsked(asked + 1);
                change({ range });
              }}
              logScale={search.log}
              onLogScale={(log) => change({ log })}
              sentiment={search.sentiment}
              onSentiment={(sentiment) => change({ sentiment })}
            >
              {cursor === null && signals !== undefined && (
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => send({ type: 'start', at: replayStart(frame, search.range) })}
                >
                  Replay
                </Button>
              )}
            </ChartToolbar>
            <div className={classes.panes}>
              <Suspense fallback={<p className={classes.waiting}>Drawing…</p>}>
                <Chart
                  symbol={series.symbol}
                  agent={signals?.agent ?? null}
                  simulated={series.source === 'simulated'}
                  intraday={intraday}
                  frame={frame}
                  fills={fills}
                  segments={signals?.segments ?? NO_SEGMENTS}
                  theme={theme}
                  outdated={outdated}
                  logScale={search.log}
                  range={search.range}
                  asked={asked}
                  focus={focus}
                  cursor={cursor}
                  news={news.chart}
                />
              </Suspense>
            </div>
            <ReplayBar replay={replay} send={send} frame={frame} intraday={intraday} />
          </div>
          {signals !== undefined && (
            <div className={classes.fills} data-outdated={outdated}>
              <FillsTable
                fills={shownFills}
                intraday={intraday}
                news={news.fills}
                decimals={frame.decimals}
                onPick={moveTo}
                emptyText={cursor === null ? neverTraded : 'No fill up to this candle.'}
              />
            </div>
          )}
        </div>
        <SidePanel
          backtest={backtest}
          news={news}
          symbol={series.symbol}
          intraday={intraday}
          search={search}
          span={{ first, last }}
          change={change}
        />
      </div>
    </>
  );
}
