import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { readAgentStep } from '@/lib/agentStep';
import { agentsQuery } from '../api/agents';

interface AgentSelectProps {
  agent: string | undefined;
  onPick: (agent: string | undefined) => void;
}

/** Which agent decides; the default one is not named in the address. */
export function AgentSelect({ agent, onPick }: AgentSelectProps) {
  const { data: agents, error } = useQuery(agentsQuery());
  const fallback = agents?.find((candidate) => candidate.is_default)?.id;
  return (
    <Select
      size="xs"
      aria-label="Agent"
      w={210}
      placeholder={error === null ? 'Asking for agents…' : 'Agents are not available'}
      allowDeselect={false}
      disabled={agents === undefined}
      data={(agents ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={agent === undefined ? (fallback ?? null) : readAgentStep(agent).id}
      onChange={(id) => onPick(id === null || id === fallback ? undefined : id)}
    />
  );
}
