import { type Query, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { isTransient, problemOf, RESTART_FAILURES, restartingService } from '@/api/problem';
import { createPage } from './router';

const RETRIES = 2;
/** A restart takes about ten seconds. */
const RESTART_PAUSE_MS = 2000;
/** A service that stays away is asked for less often, for as long as the page is open. */
const AWAY_PAUSE_MS = 5000;

function mayHelp(failures: number, error: Error): boolean {
  const problem = problemOf(error);
  if (restartingService(problem) !== null) return true;
  return failures < RETRIES && isTransient(problem);
}

/** Somebody who comes back to a page that gave up is not left with an old failure. */
const ifOut = ({ state }: Query) =>
  state.error !== null && isTransient(problemOf(state.error)) ? 'always' : false;

/** Asks again only where that may help, and until a service is back; a refusal stays a refusal. */
export function createCache(
  restart_pause_ms = RESTART_PAUSE_MS,
  away_pause_ms = AWAY_PAUSE_MS,
): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5 * 60_000,
        refetchOnWindowFocus: ifOut,
        refetchOnReconnect: ifOut,
        retry: mayHelp,
        retryDelay: (failures, error) => {
          if (restartingService(problemOf(error)) === null) return 500 * 2 ** failures;
          return failures < RESTART_FAILURES ? restart_pause_ms : away_pause_ms;
        },
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
