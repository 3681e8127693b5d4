import { rootRouteId, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Search } from './search';

/** What is opened or picked, which the back button undoes; a cost or a view is not. */
const STEPS = ['symbol', 'agent', 'report', 'new', 'unit'] as const;

/** The state of the page, whichever it is, which is its address. */
export function useAddress() {
  const search = useSearch({ from: rootRouteId });
  const navigate = useNavigate();
  const change = useCallback(
    (part: Partial<Search>, passing = false) => {
      const step = !passing && STEPS.some((name) => name in part);
      void navigate({
        to: '.',
        search: (before) => ({ ...before, ...part }),
        replace: !step,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return { search, change };
}
