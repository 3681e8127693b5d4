import type { Experiment } from '@/api/types';
import { MOST_RUNS } from '../model/colours';

/** Agents of the address, separated by commas, each once and no more than can be told apart. */
export function readAgents(text: string | undefined): string[] {
  const ids = (text ?? '').split(',').filter((id) => id !== '');
  return [...new Set(ids)].slice(0, MOST_RUNS);
}

/** The agent that a finished experiment is compared by; null where it made none. */
export function agentOf({ result }: Experiment): string | null {
  return result?.agents[0] ?? null;
}

/** The choice with one agent more or less; a full one takes no more. */
export function toggleAgent(chosen: readonly string[], agent: string): string[] {
  if (chosen.includes(agent)) return chosen.filter((one) => one !== agent);
  return chosen.length < MOST_RUNS ? [...chosen, agent] : [...chosen];
}

/** As the address names it; undefined for none. */
export function writeAgents(agents: readonly string[]): string | undefined {
  return agents.length === 0 ? undefined : agents.join(',');
}
