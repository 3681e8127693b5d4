import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { describeWaiting, problemOf } from '@/api/problem';
import { ProblemNotice } from '@/components/ProblemNotice';
import { agentsQuery } from '@/features/backtest/api/agents';
import { experimentQuery } from '@/features/experiments/api/experiment';
import { ExperimentDetail } from '@/features/experiments/components/ExperimentDetail';
import { PageLink } from '@/features/experiments/components/PageLink';
import classes from './Dashboard.module.css';
import { Footer } from './Footer';
import { Header } from './Header';
import { PolicyHistory } from './PolicyHistory';
import { NO_EXPERIMENT } from './pageLinks';
import { useTheme } from './Shell';
import { useAddress } from './useAddress';

const NOT_FOUND = 404;

/** One experiment, while it runs and when it has ended. */
export function ExperimentPage() {
  const { id } = useParams({ from: '/experiments/$id' });
  const { search, change } = useAddress();
  const theme = useTheme();
  const navigate = useNavigate();
  const [uploading, setUploading] = useState(false);
  const query = useQuery(experimentQuery(id));
  const { data: agents } = useQuery(agentsQuery());
  const experiment = query.data;
  const problem = query.error === null ? null : problemOf(query.error);
  return (
    <div className={classes.page}>
      <Header
        search={search}
        theme={theme}
        change={change}
        picks="none"
        uploading={uploading}
        onUploading={setUploading}
      />
      <main className={classes.main}>
        {problem !== null && (
          <div className={classes.notice}>
            <ProblemNotice problem={problem} onRetry={() => void query.refetch()}>
              {problem.status === NOT_FOUND ? (
                <>
                  It may have been deleted.{' '}
                  <PageLink target={{ to: 'list' }}>All experiments</PageLink>
                </>
              ) : experiment === undefined ? undefined : (
                'What is shown is the last that came.'
              )}
            </ProblemNotice>
          </div>
        )}
        {experiment === undefined ? (
          problem === null && (
            <p className={classes.waiting} role="status">
              {describeWaiting(query) ?? 'Fetching the experiment…'}
            </p>
          )
        ) : (
          <ExperimentDetail
            key={id}
            experiment={experiment}
            reused={search.reused === true}
            agents={agents}
            theme={theme}
            unit={search.unit}
            at={search.at}
            onView={(view) => change(view, !('unit' in view))}
            onDeleted={() =>
              void navigate({ to: '/experiments', search: { ...search, ...NO_EXPERIMENT } })
            }
          >
            <PolicyHistory
              experiment={experiment}
              agents={agents}
              search={search}
              theme={theme}
              change={change}
            />
          </ExperimentDetail>
        )}
      </main>
      <Footer />
    </div>
  );
}
