import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { problemOf } from '@/api/problem';
import type { Agent, Experiment } from '@/api/types';
import { formatInteger } from '@/lib/format';
import { promoteAgent } from '../api/promoteAgent';
import classes from './ExperimentDetail.module.css';
import { PageLink } from './PageLink';

interface AgentListProps {
  experiment: Experiment;
  /** All agents that serve; undefined while that is not known. */
  agents: readonly Agent[] | undefined;
}

/** The agents that an experiment made, and what may be done with each. */
export function AgentList({ experiment, agents }: AgentListProps) {
  const { result, symbols } = experiment;
  const cache = useQueryClient();
  const promote = useMutation({
    mutationFn: promoteAgent,
    onSuccess: () => {
      // Whatever was asked without the name of an agent was answered by another one.
      for (const key of ['agents', 'signals', 'evaluation']) {
        void cache.invalidateQueries({ queryKey: [key] });
      }
    },
  });
  const ids = result?.agents ?? [];
  return (
    <>
      <ul className={classes.agents}>
        {ids.map((id) => {
          const agent = agents?.find((one) => one.id === id);
          return (
            <li key={id} className={classes.agent}>
              <strong>{agent?.name ?? id}</strong>
              {agent !== undefined && (
                <span className={classes.dim}>
                  {formatInteger(agent.steps)} steps, seed {agent.seed}
                </span>
              )}
              {symbols[0] !== undefined && (
                <PageLink
                  target={{ to: 'chart', agent: id, symbol: symbols[0] }}
                  button="compact-xs"
                >
                  Open on chart
                </PageLink>
              )}
              {agent?.is_default === true ? (
                <span className={classes.default} role="status">
                  Default agent
                </span>
              ) : (
                <Button
                  size="compact-xs"
                  variant="default"
                  disabled={agent === undefined}
                  loading={promote.isPending && promote.variables === id}
                  onClick={() => promote.mutate(id)}
                >
                  Promote to default
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {ids.length > 1 && (
        <p className={classes.word}>
          <PageLink
            target={{ to: 'compare', agents: ids.slice(0, 6), symbol: symbols[0] }}
            className={classes.link}
          >
            Compare {ids.length > 6 ? 'the first six' : 'them'}
          </PageLink>
        </p>
      )}
      {promote.error !== null && (
        <p className={`${classes.word} ${classes.failed}`} role="alert">
          {problemOf(promote.error).detail}
        </p>
      )}
    </>
  );
}
