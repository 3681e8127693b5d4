/** An agent, and the step of its training at which it is meant; null for the finished one. */
export interface AgentStep {
  id: string;
  step: number | null;
}

/** `momentum@2000` is the agent `momentum` as it was at step 2000 of its training. */
export function readAgentStep(name: string): AgentStep {
  const [id = name, step] = name.split('@');
  return { id, step: step === undefined ? null : Number(step) };
}

export function writeAgentStep({ id, step }: AgentStep): string {
  return step === null ? id : `${id}@${step}`;
}
