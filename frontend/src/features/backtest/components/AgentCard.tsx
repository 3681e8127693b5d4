import { useQuery } from '@tanstack/react-query';
import type { Looks, Signals } from '@/api/types';
import { Term } from '@/components/Term';
import { readAgentStep } from '@/lib/agentStep';
import { formatInteger } from '@/lib/format';
import { LOOKS_MEANING } from '@/lib/looks';
import { formatSpan } from '@/lib/time';
import { agentsQuery } from '../api/agents';
import classes from './AgentCard.module.css';

const RULES = { next_open: 'next open', next_close: 'next close' } as const;

interface AgentCardProps {
  signals: Signals;
  /** The newest count, which may be of another answer. */
  looks: Looks;
}

/** Who decided, what it was trained on, and how often the sealed window was looked at. */
export function AgentCard({ signals, looks }: AgentCardProps) {
  const { data: agents } = useQuery(agentsQuery());
  const { id, step } = readAgentStep(signals.agent);
  const agent = agents?.find((candidate) => candidate.id === id);
  return (
    <section aria-labelledby="agent" className={classes.card}>
      <h2 id="agent">Agent</h2>
      <dl>
        <div>
          <dt>Name</dt>
          <dd>
            {agent?.name ?? id}
            {step !== null && `, as it was at step ${formatInteger(step)}`}
          </dd>
        </div>
        {agent !== undefined && (
          <>
            <div>
              <dt>Trained on</dt>
              <dd>
                {formatSpan(agent.train.start, agent.train.end)},{' '}
                {formatInteger(agent.symbols.length)}{' '}
                {agent.symbols.length === 1 ? 'symbol' : 'symbols'}
              </dd>
            </div>
            <div>
              <dt>Validated on</dt>
              <dd>{formatSpan(agent.validation.start, agent.validation.end)}</dd>
            </div>
            <div>
              <dt>Training</dt>
              <dd>
                {formatInteger(agent.steps)} steps, seed {agent.seed}, {agent.commission_bps} bps
              </dd>
            </div>
          </>
        )}
        <div>
          <dt>Fills at</dt>
          <dd>
            {RULES[signals.fill_used]}
            {signals.fill_used !== signals.fill_requested &&
              `, though ${RULES[signals.fill_requested]} was asked for`}
          </dd>
        </div>
        <div>
          <dt>
            <Term word="Looks" definition={LOOKS_MEANING} />
          </dt>
          <dd>
            {formatInteger(looks.this_window)} at these dates, {formatInteger(looks.total)} in all
          </dd>
        </div>
      </dl>
    </section>
  );
}
