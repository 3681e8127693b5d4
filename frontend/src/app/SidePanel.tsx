import { Tabs } from '@mantine/core';
import { useMemo } from 'react';
import { ProblemNotice } from '@/components/ProblemNotice';
import { AgentCard } from '@/features/backtest/components/AgentCard';
import { Assumptions } from '@/features/backtest/components/Assumptions';
import { MetricsPanel } from '@/features/backtest/components/MetricsPanel';
import { NewsPanel, type NewsView } from '@/features/news/components/NewsPanel';
import { formatInteger } from '@/lib/format';
import { isoDate } from '@/lib/time';
import classes from './Dashboard.module.css';
import { DEFAULT_COSTS, type Search } from './search';
import type { Backtest } from './useBacktest';
import { useLooks } from './useLooks';
import type { DeskNews } from './useNews';

interface SidePanelProps {
  backtest: Backtest;
  news: DeskNews;
  symbol: string;
  intraday: boolean;
  search: Search;
  span: { first: number; last: number };
  change: (part: Partial<Search>) => void;
}

/** The run and what it rests on, or what was written about the symbol. */
export function SidePanel(props: SidePanelProps) {
  const { backtest, news, symbol, intraday, search, change } = props;
  const { news_days: days, as_of, news_label: label, news_source: source } = search;
  return (
    <aside className={classes.side} aria-label="Backtest and news">
      <Tabs
        value={search.panel}
        onChange={(panel) => change({ panel: panel === 'news' ? 'news' : 'backtest' })}
        keepMounted={false}
        classNames={{ root: classes.tabs, list: classes.tabList, panel: classes.tabPanel }}
      >
        <Tabs.List>
          <Tabs.Tab value="backtest">
            Backtest{backtest.problem === null ? '' : ' (failed)'}
          </Tabs.Tab>
          <Tabs.Tab value="news">
            News{news.total === null ? '' : ` (${formatInteger(news.total)})`}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="backtest">
          <BacktestPanel {...props} />
        </Tabs.Panel>
        <Tabs.Panel value="news">
          <NewsPanel
            symbol={symbol}
            intraday={intraday}
            view={{ days, as_of, label, source }}
            onView={(view) => change(addressOf(view))}
            marked={news.marked}
            candleOf={news.candleOf}
            onMark={news.mark}
          />
        </Tabs.Panel>
      </Tabs>
    </aside>
  );
}

/** A part of the view of the news as the address names it. */
function addressOf(view: Partial<NewsView>): Partial<Search> {
  return {
    ...('days' in view ? { news_days: view.days } : {}),
    ...('as_of' in view ? { as_of: view.as_of } : {}),
    ...('label' in view ? { news_label: view.label } : {}),
    ...('source' in view ? { news_source: view.source } : {}),
  };
}

/** What may be changed, what came of it, and who decided. */
function BacktestPanel({ backtest, search, span, change }: SidePanelProps) {
  const { signals, problem, busy, outdated, waiting, retry } = backtest;
  const { cash, commission_bps, slippage_bps, fill, start, end } = search;
  const values = useMemo(
    () => ({ cash, commission_bps, slippage_bps, fill, start, end }),
    [cash, commission_bps, slippage_bps, fill, start, end],
  );
  const looks = useLooks(search.symbol, signals?.looks ?? null);
  // Of a run that answers another question the rule in force says nothing about this one.
  const overruled =
    signals !== undefined && signals.fill_requested === fill && signals.fill_used !== fill
      ? signals.fill_used
      : null;
  return (
    <>
      <div className={classes.card}>
        <Assumptions
          values={values}
          defaults={DEFAULT_COSTS}
          span={{ start: isoDate(span.first), end: isoDate(span.last) }}
          state={
            busy ? 'running' : problem !== null ? 'failed' : signals === undefined ? 'none' : 'done'
          }
          overruled={overruled}
          onChange={change}
        />
      </div>
      {problem !== null && (
        <div className={classes.card}>
          <ProblemNotice problem={problem} onRetry={retry}>
            {signals === undefined
              ? 'Until then the candles are shown without signals.'
              : 'The dimmed figures and marks are those of the last run that worked.'}
          </ProblemNotice>
        </div>
      )}
      {(waiting !== null || (signals === undefined && problem === null)) && (
        <p className={classes.waiting} role="status">
          {waiting ?? 'The agent is deciding…'}
        </p>
      )}
      {signals !== undefined && (
        <>
          <div className={classes.card} data-outdated={outdated}>
            <MetricsPanel
              agent={signals.metrics}
              benchmark={signals.baselines.buy_and_hold.metrics}
              span={signals.passport}
            />
          </div>
          <div className={classes.card}>
            <AgentCard signals={signals} looks={looks ?? signals.looks} />
          </div>
        </>
      )}
    </>
  );
}
