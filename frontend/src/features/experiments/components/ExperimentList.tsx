import { Button, Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { describeWaiting, problemOf } from '@/api/problem';
import type { ExperimentKind, ExperimentState } from '@/api/types';
import { ProblemNotice } from '@/components/ProblemNotice';
import { useNow } from '@/lib/useNow';
import { experimentsQuery } from '../api/experiments';
import { toggleAgent } from '../calculate/chosen';
import { KIND_WORDS, KINDS, STATE_WORDS, STATES } from '../calculate/states';
import { MOST_RUNS } from '../model/colours';
import classes from './ExperimentList.module.css';
import { ExperimentRow } from './ExperimentRow';
import { PageLink } from './PageLink';

interface ListView {
  state: ExperimentState | undefined;
  kind: ExperimentKind | undefined;
  /** Agents that are chosen to be compared. */
  agents: readonly string[];
}

interface ExperimentListProps extends ListView {
  onView: (view: Partial<ListView>) => void;
  /** Whether the form stands beside it. */
  formOpen: boolean;
}

const TICK_MS = 5000;

/** What was asked for, the newest first, as it stands now. */
export function ExperimentList({ state, kind, agents, onView, formOpen }: ExperimentListProps) {
  const query = useInfiniteQuery(experimentsQuery({ state, kind }));
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const now = useNow(TICK_MS);
  const experiments = data?.pages.flatMap((page) => page.experiments);
  const filtered = state !== undefined || kind !== undefined;
  return (
    <section className={classes.list} aria-labelledby="experiments">
      <div className={classes.head}>
        <h2 id="experiments">Experiments</h2>
        <div className={classes.filters}>
          <Select
            size="xs"
            w={140}
            aria-label="State"
            placeholder="Any state"
            clearable
            data={STATES.map((one) => ({ value: one, label: STATE_WORDS[one].word }))}
            value={state ?? null}
            onChange={(value) => onView({ state: (value as ExperimentState | null) ?? undefined })}
          />
          <Select
            size="xs"
            w={170}
            aria-label="Kind"
            placeholder="Any kind"
            clearable
            data={KINDS.map((one) => ({ value: one, label: KIND_WORDS[one] }))}
            value={kind ?? null}
            onChange={(value) => onView({ kind: (value as ExperimentKind | null) ?? undefined })}
          />
        </div>
        {!formOpen && (
          <PageLink target={{ to: 'new' }} button="xs">
            New experiment
          </PageLink>
        )}
      </div>
      {agents.length > 0 && <Choice agents={agents} onClear={() => onView({ agents: [] })} />}
      {error !== null && (
        <div className={classes.notice}>
          <ProblemNotice problem={problemOf(error)} onRetry={() => void query.refetch()}>
            {experiments === undefined ? undefined : 'The list is the last one that came.'}
          </ProblemNotice>
        </div>
      )}
      {experiments === undefined ? (
        error === null && (
          <p className={classes.waiting} role="status">
            {describeWaiting(query) ?? 'Fetching experiments…'}
          </p>
        )
      ) : experiments.length === 0 ? (
        <Nothing filtered={filtered} onAll={() => onView({ state: undefined, kind: undefined })} />
      ) : (
        <table className={classes.table} aria-labelledby="experiments">
          <thead>
            <tr>
              <th scope="col">
                <span className={classes.hidden}>Compare</span>
              </th>
              <th scope="col">Name</th>
              <th scope="col">Symbols</th>
              <th scope="col">State</th>
              <th scope="col">Progress</th>
              <th scope="col">Rate</th>
              <th scope="col">Time left</th>
              <th scope="col">Sharpe, validation</th>
              <th scope="col">Age</th>
            </tr>
          </thead>
          <tbody>
            {experiments.map((experiment) => (
              <ExperimentRow
                key={experiment.id}
                experiment={experiment}
                now={now}
                chosen={agents}
                full={agents.length >= MOST_RUNS}
                onChoose={(agent) => onView({ agents: toggleAgent(agents, agent) })}
              />
            ))}
          </tbody>
        </table>
      )}
      {hasNextPage && (
        <div className={classes.more}>
          <Button
            size="xs"
            variant="default"
            loading={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            Show older ones
          </Button>
        </div>
      )}
    </section>
  );
}

function Choice({ agents, onClear }: { agents: readonly string[]; onClear: () => void }) {
  return (
    <div className={classes.choice} role="status">
      <span>
        {agents.length} of at most {MOST_RUNS} agents chosen
        {agents.length === 1 && ': choose another to compare'}
      </span>
      {agents.length > 1 && (
        <PageLink target={{ to: 'compare', agents }} button="compact-xs">
          Compare {String(agents.length)}
        </PageLink>
      )}
      <Button size="compact-xs" variant="default" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}

function Nothing({ filtered, onAll }: { filtered: boolean; onAll: () => void }) {
  return filtered ? (
    <div className={classes.empty}>
      <h3>Nothing of this state and kind</h3>
      <Button size="xs" variant="default" onClick={onAll}>
        Show all experiments
      </Button>
    </div>
  ) : (
    <div className={classes.empty}>
      <h3>Nothing has been trained here yet</h3>
      <p>
        Choose symbols, dates and a budget, and start. It goes on while this page is closed, and the
        finished agent and its evaluation stand here when you come back.
      </p>
    </div>
  );
}
