import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client, unwrap } from '@/api/client';
import type { ExperimentKind, ExperimentPage, ExperimentState } from '@/api/types';
import { listPause } from '../calculate/polling';

const PAGE = 30;

export interface ExperimentFilter {
  state: ExperimentState | undefined;
  kind: ExperimentKind | undefined;
}

async function fetchPage(
  query: Partial<ExperimentFilter> & { limit: number; after?: string },
  signal: AbortSignal,
): Promise<ExperimentPage> {
  return unwrap(await client.GET('/api/experiments', { params: { query }, signal }));
}

/** Experiments, the newest first; each further page those that are older than the last one shown. */
export function experimentsQuery({ state, kind }: ExperimentFilter) {
  return infiniteQueryOptions({
    queryKey: ['experiments', 'list', { state, kind }],
    placeholderData: keepPreviousData,
    staleTime: 0,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      fetchPage(
        {
          limit: PAGE,
          ...(state === undefined ? {} : { state }),
          ...(kind === undefined ? {} : { kind }),
          ...(pageParam === undefined ? {} : { after: pageParam }),
        },
        signal,
      ),
    getNextPageParam: ({ more, experiments }) => (more ? experiments.at(-1)?.id : undefined),
    refetchInterval: ({ state: { data } }) =>
      listPause(data?.pages.flatMap((page) => page.experiments) ?? []),
  });
}

/** The newest experiments, for what is said on every page when one of them ends. */
export function newestQuery(pause: (page: ExperimentPage | undefined) => number) {
  return queryOptions({
    queryKey: ['experiments', 'newest'],
    staleTime: 0,
    retry: false,
    queryFn: ({ signal }) => fetchPage({ limit: PAGE }, signal),
    refetchInterval: ({ state: { data } }) => pause(data),
  });
}
