import {
  createRootRoute,
  createRoute,
  createRouter,
  Navigate,
  type RouterHistory,
} from '@tanstack/react-router';
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

/** Both pages; a history of one's own stands in for the browser's. */
export function createPage(history?: RouterHistory) {
  return createRouter({
    routeTree: rootRoute.addChildren([dashboardRoute, evaluationRoute]),
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
