import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { problemOf } from '@/api/problem';
import { ProblemNotice } from '@/components/ProblemNotice';
import { agentsQuery } from '@/features/backtest/api/agents';
import { experimentQuery } from '@/features/experiments/api/experiment';
import { readAgents, writeAgents } from '@/features/experiments/calculate/chosen';
import { ExperimentForm } from '@/features/experiments/components/ExperimentForm';
import { ExperimentList } from '@/features/experiments/components/ExperimentList';
import { symbolsQuery } from '@/features/symbols/api/symbols';
import dashboard from './Dashboard.module.css';
import classes from './ExperimentsPage.module.css';
import { Footer } from './Footer';
import { Header } from './Header';
import { NO_EXPERIMENT } from './pageLinks';
import { useTheme } from './Shell';
import type { Search } from './search';
import { useAddress } from './useAddress';

/** What was asked for and how far it is, and beside it the form that asks for more. */
export function ExperimentsPage() {
  const { search, change } = useAddress();
  const theme = useTheme();
  const [uploading, setUploading] = useState(false);
  const open = search.new !== undefined;
  return (
    <div className={dashboard.page}>
      <Header
        search={search}
        theme={theme}
        change={change}
        picks="none"
        uploading={uploading}
        onUploading={setUploading}
      />
      <main className={dashboard.main}>
        <div className={classes.desk} data-form={open}>
          {open && <Form kind={search.new ?? 'train'} search={search} change={change} />}
          <ExperimentList
            state={search.state}
            kind={search.kind}
            agents={readAgents(search.agents)}
            formOpen={open}
            onView={({ agents, ...view }) =>
              change({
                ...view,
                ...(agents === undefined ? {} : { agents: writeAgents(agents) }),
              })
            }
          />
        </div>
      </main>
      <Footer />
    </div>
  );
}

const SETTLE_MS = 200;

interface FormProps {
  kind: NonNullable<Search['new']>;
  search: Search;
  change: (part: Partial<Search>, passing?: boolean) => void;
}

function Form({ kind, search, change }: FormProps) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [typed] = useDebouncedValue(text.trim(), SETTLE_MS);
  const { data: symbols } = useQuery(symbolsQuery(typed));
  const { data: agents } = useQuery(agentsQuery());
  const from = useQuery(experimentQuery(search.from));
  if (search.from !== undefined && from.data === undefined) {
    return from.error === null ? (
      <p className={dashboard.waiting} role="status">
        Fetching what was done…
      </p>
    ) : (
      <div className={dashboard.notice}>
        <ProblemNotice problem={problemOf(from.error)} onRetry={() => void from.refetch()} />
      </div>
    );
  }
  return (
    <ExperimentForm
      key={search.from ?? ''}
      kind={kind}
      onKind={(next) => change({ new: next }, true)}
      symbol={search.from === undefined ? search.symbol : undefined}
      from={search.from === undefined ? undefined : from.data}
      symbols={symbols?.symbols ?? []}
      onSearch={setText}
      agents={agents ?? []}
      onStarted={({ id, reused }) =>
        void navigate({
          to: '/experiments/$id',
          params: { id },
          search: { ...search, ...NO_EXPERIMENT, reused: reused || undefined },
        })
      }
      onClose={() => change({ new: undefined, from: undefined })}
    />
  );
}
