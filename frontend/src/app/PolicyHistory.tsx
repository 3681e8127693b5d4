import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { problemOf } from '@/api/problem';
import type { Agent, Experiment, Signals } from '@/api/types';
import { ProblemNotice } from '@/components/ProblemNotice';
import { Section } from '@/components/Section';
import { signalsQuery } from '@/features/backtest/api/signals';
import { candlesQuery } from '@/features/chart/api/candles';
import { stopsOf } from '@/features/experiments/calculate/keptSteps';
import { PageLink } from '@/features/experiments/components/PageLink';
import { StepSlider } from '@/features/experiments/components/StepSlider';
import { readAgentStep, writeAgentStep } from '@/lib/agentStep';
import { formatInteger, formatRatio, formatSignedPercent } from '@/lib/format';
import { isIntraday, isoDate } from '@/lib/time';
import dashboard from './Dashboard.module.css';
import classes from './ExperimentsPage.module.css';
import type { Search } from './search';

const PolicyChart = lazy(() => import('@/features/experiments/components/PolicyChart'));

interface PolicyHistoryProps {
  experiment: Experiment;
  agents: readonly Agent[] | undefined;
  search: Search;
  theme: 'light' | 'dark';
  change: (part: Partial<Search>, passing?: boolean) => void;
}

/** What the policy bought and sold on validation at each kept step of its training. */
export function PolicyHistory({ experiment, agents, search, theme, change }: PolicyHistoryProps) {
  const made = (agents ?? []).filter(
    (agent) => experiment.result?.agents.includes(agent.id) === true && stopsOf(agent).length > 0,
  );
  const { id, step } = readAgentStep(search.policy ?? '');
  const agent = made.find((one) => one.id === id) ?? made[0];
  const symbol = experiment.symbols[0];
  if (agent === undefined || symbol === undefined) return null;
  const shown = agent.id === id ? step : null;
  return (
    <Section
      title={`How the policy changed, ${symbol}`}
      note="What it would have bought and sold on the validation candles, at each step that was kept. No unseen candle is looked at."
      controls={
        made.length > 1 && (
          <Select
            size="xs"
            w={300}
            aria-label="Agent whose policy is shown"
            allowDeselect={false}
            data={made.map((one) => ({ value: one.id, label: one.name }))}
            value={agent.id}
            onChange={(next) => change({ policy: next ?? undefined }, true)}
          />
        )
      }
      wide
    >
      <div className={classes.policy}>
        <StepSlider
          agent={agent}
          step={shown}
          onStep={(next) => change({ policy: writeAgentStep({ id: agent.id, step: next }) }, true)}
        />
        <Policy agent={agent} step={shown} symbol={symbol} search={search} theme={theme} />
      </div>
    </Section>
  );
}

interface PolicyProps {
  agent: Agent;
  step: number | null;
  symbol: string;
  search: Search;
  theme: 'light' | 'dark';
}

function Policy({ agent, step, symbol, search, theme }: PolicyProps) {
  const name = writeAgentStep({ id: agent.id, step });
  const { cash, slippage_bps } = search;
  const { start, end } = agent.validation;
  const candles = useQuery(candlesQuery(symbol));
  const signals = useQuery(
    signalsQuery({
      symbol,
      agent: name,
      start: isoDate(start),
      end: isoDate(end),
      cash,
      commission_bps: agent.commission_bps,
      slippage_bps,
      fill: agent.fill,
    }),
  );
  // While the next step is decided, the one before stays on the chart.
  const [last, setLast] = useState<Signals>();
  if (signals.data !== undefined && signals.data !== last) setLast(signals.data);
  const run = signals.data ?? last;
  const closes = useMemo(() => {
    const { time = [], close = [] } = candles.data?.candles ?? {};
    const from = time.findIndex((moment) => moment >= start);
    const to = time.findLastIndex((moment) => moment < end + 86_400) + 1;
    return from < 0 ? null : { time: time.slice(from, to), close: close.slice(from, to) };
  }, [candles.data, start, end]);
  const error = signals.error ?? candles.error;
  if (error !== null) {
    return (
      <ProblemNotice
        problem={problemOf(error)}
        onRetry={() => {
          void signals.refetch();
          void candles.refetch();
        }}
      />
    );
  }
  if (run === undefined || closes === null || candles.data === undefined) {
    return (
      <p className={dashboard.waiting} role="status">
        The agent is deciding…
      </p>
    );
  }
  const { metrics, baselines, fills } = run;
  return (
    <>
      <p className={classes.figures} role="status">
        <strong>▲ {formatInteger(fills.filter(({ side }) => side === 'buy').length)} buys</strong>
        <strong>▼ {formatInteger(fills.filter(({ side }) => side === 'sell').length)} sells</strong>
        <span>
          Return {formatSignedPercent(metrics.total_return_fraction)} vs{' '}
          {formatSignedPercent(baselines.buy_and_hold.metrics.total_return_fraction)}
        </span>
        <span>
          Sharpe {formatRatio(metrics.sharpe)} vs{' '}
          {formatRatio(baselines.buy_and_hold.metrics.sharpe)}
        </span>
        <PageLink target={{ to: 'chart', agent: name, symbol }}>
          {step === null ? 'Open on chart' : `Open step ${formatInteger(step)} on chart`}
        </PageLink>
      </p>
      <Suspense fallback={<p className={dashboard.waiting}>Drawing…</p>}>
        <PolicyChart
          closes={closes}
          fills={fills}
          theme={theme}
          intraday={isIntraday(candles.data.interval)}
        />
      </Suspense>
    </>
  );
}
