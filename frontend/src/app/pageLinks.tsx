import { Button } from '@mantine/core';
import { Link, rootRouteId, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { RenderLink, Target } from '@/features/experiments/components/PageLink';
import type { Search } from './search';

/** What belongs to one experiment, and is left behind with it. */
export const NO_EXPERIMENT: Partial<Search> = {
  new: undefined,
  from: undefined,
  unit: undefined,
  at: undefined,
  policy: undefined,
  reused: undefined,
};

/** Dates of the dashboard mean nothing to another symbol or page. */
const ALL_DATES: Partial<Search> = { start: undefined, end: undefined };

/** Address of a target: a page, and what changes in the state of the page. */
function addressOf(target: Target): {
  to: '/' | '/evaluation' | '/experiments' | '/experiments/$id' | '/experiments/compare';
  id?: string;
  part: Partial<Search>;
} {
  switch (target.to) {
    case 'list':
      return { to: '/experiments', part: NO_EXPERIMENT };
    case 'new':
      return { to: '/experiments', part: { ...NO_EXPERIMENT, new: 'train' } };
    case 'again':
      return {
        to: '/experiments',
        part: { ...NO_EXPERIMENT, new: target.kind, from: target.id },
      };
    case 'experiment':
      return { to: '/experiments/$id', id: target.id, part: NO_EXPERIMENT };
    case 'chart':
      return {
        to: '/',
        part: { ...NO_EXPERIMENT, ...ALL_DATES, agent: target.agent, symbol: target.symbol },
      };
    case 'evaluation':
      return {
        to: '/evaluation',
        part: { ...NO_EXPERIMENT, report: target.report, curve: undefined, stress_bps: undefined },
      };
    case 'compare':
      return {
        to: '/experiments/compare',
        part: {
          ...NO_EXPERIMENT,
          ...ALL_DATES,
          agents: target.agents.join(','),
          ...(target.symbol === undefined ? {} : { symbol: target.symbol }),
        },
      };
  }
}

interface AppLinkProps {
  target: Target;
  className?: string | undefined;
  title?: string | undefined;
  children?: ReactNode;
}

/** A link within the app; the state of the page goes along. */
function AppLink({ target, ...props }: AppLinkProps) {
  const search = useSearch({ from: rootRouteId });
  const { to, id, part } = addressOf(target);
  return (
    <Link
      {...props}
      to={to}
      params={id === undefined ? {} : { id }}
      search={{ ...search, ...part }}
    />
  );
}

/** Links of the parts of experiments as the router makes them. */
export const renderLink: RenderLink = (target, children, { className, button, title }) =>
  button !== undefined ? (
    <Button
      size={button}
      variant={target.to === 'new' || target.to === 'evaluation' ? 'filled' : 'default'}
      renderRoot={(props: Omit<AppLinkProps, 'target'>) => (
        <AppLink {...props} target={target} title={title} />
      )}
    >
      {children}
    </Button>
  ) : (
    <AppLink target={target} className={className} title={title}>
      {children}
    </AppLink>
  );
