import { type Query, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { isTransient, problemOf, restartingService } from '@/api/problem';
import { createPage } from './router';

const RETRIES = 2;
/** A restart takes about ten seconds; it is waited for three times as long. */
const RESTART_RETRIES = 15;
const RESTART_PAUSE_MS = 2000;

function mayHelp(failures: number, error: Error): boolean {
  const problem = problemOf(error);
  if (restartingService(problem) !== null) return failures < RESTART_RETRIES;
  return failures < RETRIES && isTransient(problem);
}

/** Somebody who comes back to a page that gave up is not left with an old failure. */
const ifOut = ({ state }: Query) =>
  state.error !== null && isTransient(problemOf(state.error)) ? 'always' : false;

/** Asks again only where that may help; a refusal stays a refusal. */
export function createCache(restart_pause_ms = RESTART_PAUSE_MS): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5 * 60_000,
        refetchOnWindowFocus: ifOut,
        refetchOnReconnect: ifOut,
        retry: mayHelp,
        retryDelay: (failures, error) =>
          restartingService(problemOf(error)) === null ? 500 * 2 ** failures : restart_pause_ms,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}

const cache = createCache();
const router = createPage();

export function App() {
  return (
    <QueryClientProvider client={cache}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
