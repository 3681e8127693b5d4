import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  type RouterHistory,
} from '@tanstack/react-router';
import { BrokenPage } from './BrokenPage';
import { Dashboard } from './Dashboard';
import { EvaluationPage } from './EvaluationPage';
import { Shell } from './Shell';
import { parseSearch, stringifySearch, validateSearch } from './search';

const rootRoute = createRootRoute({
  component: Shell,
  validateSearch,
  notFoundComponent: () => <Navigate to="/" search={validateSearch({})} />,
});

const dashboardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: Dashboard,
});

const evaluationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/evaluation',
  component: EvaluationPage,
});

// What is opened seldom is fetched when it is.
const experimentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/experiments',
  component: lazyRouteComponent(() => import('./ExperimentsPage'), 'ExperimentsPage'),
});

const experimentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/experiments/$id',
  component: lazyRouteComponent(() => import('./ExperimentPage'), 'ExperimentPage'),
});

const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/experiments/compare',
  component: lazyRouteComponent(() => import('./ComparePage'), 'ComparePage'),
});

/** All pages; a history of one's own stands in for the browser's. */
export function createPage(history?: RouterHistory) {
  return createRouter({
    routeTree: rootRoute.addChildren([
      dashboardRoute,
      evaluationRoute,
      experimentsRoute,
      compareRoute,
      experimentRoute,
    ]),
    defaultErrorComponent: BrokenPage,
    parseSearch,
    stringifySearch,
    ...(history === undefined ? {} : { history }),
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPage>;
  }
}
