import { DateInput } from '@mantine/dates';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { problemOf } from '@/api/problem';
import { ProblemNotice } from '@/components/ProblemNotice';
import { agentsQuery } from '@/features/backtest/api/agents';
import { signalsQuery } from '@/features/backtest/api/signals';
import { METRIC_GROUPS } from '@/features/backtest/calculate/metrics';
import { experimentQuery } from '@/features/experiments/api/experiment';
import { readAgents, writeAgents } from '@/features/experiments/calculate/chosen';
import { type Run, sharedValidation } from '@/features/experiments/calculate/comparison';
import { Comparison } from '@/features/experiments/components/Comparison';
import { readAgentStep } from '@/lib/agentStep';
import { formatSpan, isoDate } from '@/lib/time';
import dashboard from './Dashboard.module.css';
import classes from './ExperimentsPage.module.css';
import { Footer } from './Footer';
import { Header } from './Header';
import { NO_EXPERIMENT } from './pageLinks';
import { useTheme } from './Shell';
import type { Search } from './search';
import { useAddress } from './useAddress';

const DAY = 86_400;

/** Up to six agents on the same candles: where they part, and what sets them apart. */
export function ComparePage() {
  const { search, change } = useAddress();
  const theme = useTheme();
  const [uploading, setUploading] = useState(false);
  const { runs, symbol, start, end, validation, problems, known, retry } = useRuns(search);
  const beyond = end !== undefined && validation !== null && end > isoDate(validation.end);
  const intraday = runs.some(({ signals }) =>
    signals?.decisions.time.some((moment) => moment % DAY !== 0),
  );
  const date = (name: 'start' | 'end', label: string, value: string | undefined) => (
    <DateInput
      size="xs"
      w={124}
      aria-label={label}
      valueFormat="YYYY-MM-DD"
      value={value ?? null}
      onChange={(next) => change({ [name]: next ?? undefined })}
    />
  );
  return (
    <div className={dashboard.page}>
      <Header
        search={{ ...search, symbol }}
        theme={theme}
        change={change}
        picks="symbol"
        uploading={uploading}
        onUploading={setUploading}
      />
      <main className={dashboard.main}>
        <section className={classes.head} aria-label="Comparison">
          <h2>
            Compare {runs.length} {runs.length === 1 ? 'agent' : 'agents'}
            {symbol !== undefined && ` on ${symbol}`}
          </h2>
          <Link to="/experiments" search={{ ...search, ...NO_EXPERIMENT }}>
            Choose others
          </Link>
          {known && runs.length > 0 && (
            <div className={classes.dates}>
              {date('start', 'Compare from', start)}
              {date('end', 'Compare to', end)}
            </div>
          )}
        </section>
        {runs.length === 0 ? (
          <section className={dashboard.empty}>
            <h2>No agent is chosen yet</h2>
            <p>
              Mark up to six finished experiments in the list, and compare what their agents did on
              the same candles.
            </p>
            <Link to="/experiments" search={{ ...search, ...NO_EXPERIMENT }}>
              All experiments
            </Link>
          </section>
        ) : (
          <>
            <p className={classes.caption} data-warning={beyond}>
              {beyond
                ? '⚠ These dates go beyond validation: candles after it are unseen, and this is counted as a look at them.'
                : validation === null
                  ? known
                    ? 'The agents were validated on no candle in common: choose dates above.'
                    : 'Asking for the agents…'
                  : `On the candles that all of them were validated on, ${formatSpan(validation.start, validation.end)}: this costs no look at unseen candles. They were chosen on these, so that it is no test either.`}
            </p>
            {problems.map((problem) => (
              <div key={problem.detail} className={dashboard.notice}>
                <ProblemNotice problem={problem} onRetry={retry} />
              </div>
            ))}
            <Comparison
              runs={runs}
              symbol={symbol ?? ''}
              intraday={intraday}
              metrics={METRIC_GROUPS}
              theme={theme}
              onRemove={(id) =>
                change({
                  agents: writeAgents(readAgents(search.agents).filter((one) => one !== id)),
                })
              }
            />
          </>
        )}
      </main>
      <Footer />
    </div>
  );
}

/** The agents of the address with all that is asked about them, on the candles they share. */
function useRuns(search: Search) {
  const ids = readAgents(search.agents);
  const agents = useQuery(agentsQuery());
  const found = ids.map((id) => agents.data?.find((one) => one.id === readAgentStep(id).id));
  const present = found.filter((agent) => agent !== undefined);
  const known = agents.data !== undefined;
  const validation = known ? sharedValidation(present) : null;
  const start = search.start ?? (validation === null ? undefined : isoDate(validation.start));
  const end = search.end ?? (validation === null ? undefined : isoDate(validation.end));
  const symbol = search.symbol ?? present[0]?.symbols[0];
  const { cash, commission_bps, slippage_bps, fill } = search;
  const terms = { cash, commission_bps, slippage_bps, fill };
  // Nothing is asked before it is known which candles are no look.
  const ready = symbol !== undefined && start !== undefined && end !== undefined;
  const signals = useQueries({
    queries: ids.map((agent, index) => ({
      ...signalsQuery({ symbol, agent, start, end, ...terms }),
      enabled: ready && found[index] !== undefined,
    })),
  });
  const trained = [...new Set(present.flatMap(({ experiment }) => experiment ?? []))];
  const experiments = useQueries({ queries: trained.map((id) => experimentQuery(id)) });
  const answered = [...signals, ...experiments].map((query) => query.dataUpdatedAt).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists are new at every drawing, what is in them is not
  const runs = useMemo(
    (): Run[] =>
      ids.map((id, index) => ({
        id,
        agent: found[index],
        experiment: experiments.find(({ data }) => data?.id === found[index]?.experiment)?.data,
        signals: signals[index]?.data,
      })),
    [search.agents, agents.data, answered],
  );
  const errors = [agents.error, ...signals.map(({ error }) => error)];
  const missing = known ? ids.filter((_, index) => found[index] === undefined) : [];
  const problems = [
    ...new Map(
      errors
        .filter((error) => error !== null)
        .map((error) => problemOf(error))
        .map((problem) => [problem.detail, problem]),
    ).values(),
    ...missing.map((id) => ({
      type: 'about:blank',
      title: 'No such agent',
      status: 404,
      detail: `No agent is called ${id}; it may have been deleted with its experiment.`,
    })),
  ];
  return {
    runs,
    symbol,
    start,
    end,
    validation,
    problems,
    known,
    retry: () => {
      void agents.refetch();
      for (const query of signals) if (query.error !== null) void query.refetch();
    },
  };
}
