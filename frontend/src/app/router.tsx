import { createRootRoute, createRoute, createRouter, Navigate } from '@tanstack/react-router';
import { Dashboard } from './Dashboard';
import { Shell } from './Shell';
import { parseSearch, stringifySearch, validateSearch } from './search';

const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: () => <Navigate to="/" search={validateSearch({})} />,
});

const dashboardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch,
  component: Dashboard,
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([dashboardRoute]),
  parseSearch,
  stringifySearch,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
