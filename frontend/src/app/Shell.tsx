import { MantineProvider } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import { Outlet, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { PageLinks } from '@/features/experiments/components/PageLink';
import { renderLink } from './pageLinks';
import { theme } from './theme';

/** The address's theme, or else the system's. */
export function useTheme(): 'light' | 'dark' {
  const system = useColorScheme('dark', { getInitialValueInEffect: false });
  const { theme: chosen } = useSearch({ strict: false });
  return chosen ?? system;
}

const Endings = lazy(() => import('@/features/experiments/components/Endings'));

/** What every page stands in: theme, styles, and word of experiments that end meanwhile. */
export function Shell() {
  return (
    <MantineProvider theme={theme} forceColorScheme={useTheme()}>
      <PageLinks value={renderLink}>
        <Outlet />
        <Suspense>
          <Endings />
        </Suspense>
      </PageLinks>
    </MantineProvider>
  );
}
