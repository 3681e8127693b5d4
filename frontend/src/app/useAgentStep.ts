import { useQuery } from '@tanstack/react-query';
import { problemOf } from '@/api/problem';
import type { Agent } from '@/api/types';
import { agentsQuery } from '@/features/backtest/api/agents';
import { readAgentStep } from '@/lib/agentStep';
import { isoDate } from '@/lib/time';
import type { Search } from './search';

/** The agent of the address, and where its candles end while a step of its training is shown. */
export interface ShownStep {
  agent: Agent | undefined;
  /** Null for the finished agent. */
  step: number | null;
  /** Last day that is traded, `YYYY-MM-DD`, while a step is shown. */
  end: string | null;
  /** A step is asked for, and it is not known yet where its candles end: nothing may be traded. */
  held: boolean;
  problem: ReturnType<typeof problemOf> | null;
}

/**
 * Which of the steps of a training looks best must not be found out on unseen candles, so that a
 * step trades up to the end of validation alone.
 */
export function useAgentStep(search: Pick<Search, 'agent'>): ShownStep {
  const { data: agents, error } = useQuery(agentsQuery());
  const { id, step } = readAgentStep(search.agent ?? '');
  const agent = agents?.find((one) => (id === '' ? one.is_default : one.id === id));
  const stepped = step !== null;
  return {
    agent,
    step,
    end: stepped && agent !== undefined ? isoDate(agent.validation.end) : null,
    held: stepped && agents === undefined,
    problem: stepped && agents === undefined && error !== null ? problemOf(error) : null,
  };
}
