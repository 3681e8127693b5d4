import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { ProblemNotice } from '@/components/ProblemNotice';
import { ReportPicker } from '@/features/evaluation/components/ReportPicker';
import { SymbolPicks } from '@/features/symbols/components/SymbolPicks';
import { readAgentStep } from '@/lib/agentStep';
import classes from './Dashboard.module.css';
import { Footer } from './Footer';
import { Header, openSymbol } from './Header';
import { useTheme } from './Shell';
import { Terms } from './Terms';
import { useAddress } from './useAddress';
import { useEvaluation } from './useEvaluation';
import { useLooks } from './useLooks';

const ReportView = lazy(() =>
  import('@/features/evaluation/components/ReportView').then((module) => ({
    default: module.ReportView,
  })),
);

/** Whether it would have made money on candles never seen, after costs, and whether by luck. */
export function EvaluationPage() {
  const { search, change } = useAddress();
  const theme = useTheme();
  const [uploading, setUploading] = useState(false);
  const { report, problem, waiting, outdated, withheld, retry, address } = useEvaluation(search);
  const own = search.report === undefined;
  const looks = useLooks(own ? search.symbol : undefined, report?.looks ?? null);
  return (
    <div className={classes.page}>
      <Header
        search={search}
        theme={theme}
        change={change}
        uploading={uploading}
        onUploading={setUploading}
      />
      <main className={classes.main}>
        <ReportPicker
          report={search.report}
          symbol={search.symbol}
          onPick={(id) => change({ report: id, curve: undefined, stress_bps: undefined })}
        />
        {own && search.symbol !== undefined && <Terms search={search} change={change} />}
        {problem !== null && (
          <div className={classes.notice}>
            <ProblemNotice problem={problem} onRetry={retry}>
              {report !== undefined
                ? 'The dimmed report is the last one that worked.'
                : own
                  ? 'Find another symbol with / or open a kept report above.'
                  : 'Open another report above.'}
            </ProblemNotice>
          </div>
        )}
        {report !== undefined && waiting !== null && (
          <p className={classes.caption} role="status">
            {waiting}. The dimmed report is the last one that worked.
          </p>
        )}
        {withheld && search.symbol !== undefined ? (
          <section className={classes.empty}>
            <h2>A step of the training is not judged on unseen candles</h2>
            <p>
              Which step looks best must not be found out on candles that none of them saw. The
              finished agent is judged.
            </p>
            <Button
              size="xs"
              variant="default"
              onClick={() => change({ agent: readAgentStep(search.agent ?? '').id })}
            >
              Judge the finished agent
            </Button>
          </section>
        ) : report !== undefined ? (
          <Suspense fallback={<p className={classes.waiting}>Opening the report…</p>}>
            <ReportView
              report={report}
              looks={looks}
              state={search}
              onChange={change}
              theme={theme}
              address={address}
              outdated={outdated}
            />
          </Suspense>
        ) : own && search.symbol === undefined ? (
          <section className={classes.empty}>
            <h2>Is the agent better than buying and holding, and would it be again?</h2>
            <p>
              Pick a symbol to judge the agent on the candles of it that it never saw, or open a
              kept report above.
            </p>
            <SymbolPicks onPick={(symbol) => change(openSymbol(symbol))} />
          </section>
        ) : (
          problem === null && (
            <p className={classes.waiting} role="status">
              {waiting ?? (own ? `Judging the agent on ${search.symbol}…` : 'Fetching the report…')}
            </p>
          )
        )}
      </main>
      <Footer />
    </div>
  );
}
