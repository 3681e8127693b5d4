import { rootRouteId, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Search } from './search';

/**
 * The state of the page, whichever it is, which is its address. Picking a symbol, an agent or a
 * report is a step that the back button undoes; a cost or a view is not.
 */
export function useAddress() {
  const search = useSearch({ from: rootRouteId });
  const navigate = useNavigate();
  const change = useCallback(
    (part: Partial<Search>) => {
      const step = 'symbol' in part || 'agent' in part || 'report' in part;
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
