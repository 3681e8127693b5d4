import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Search } from './search';

/**
 * The page's state, which is its address. Picking a symbol or an agent is a step that the back
 * button undoes; a cost or a view is not.
 */
export function useAddress() {
  const search = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const change = useCallback(
    (part: Partial<Search>) => {
      const step = 'symbol' in part || 'agent' in part;
      void navigate({
        to: '/',
        search: (before) => ({ ...before, ...part }),
        replace: !step,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return { search, change };
}
