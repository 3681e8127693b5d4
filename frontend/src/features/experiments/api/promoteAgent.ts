import { client, refusalOf } from '@/api/client';

/** Make an agent the default: the one that decides where none is named. */
export async function promoteAgent(id: string): Promise<void> {
  const { error, response } = await client.POST('/api/agents/{agent_id}/promote', {
    params: { path: { agent_id: id } },
  });
  if (!response.ok) throw refusalOf(response, error);
}
