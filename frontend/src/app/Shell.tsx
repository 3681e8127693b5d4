import { MantineProvider } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import { Outlet, useSearch } from '@tanstack/react-router';
import { theme } from './theme';

/** The address's theme, or else the system's. */
export function useTheme(): 'light' | 'dark' {
  const system = useColorScheme('dark', { getInitialValueInEffect: false });
  const { theme: chosen } = useSearch({ strict: false });
  return chosen ?? system;
}

/** What every page stands in: theme and styles. */
export function Shell() {
  return (
    <MantineProvider theme={theme} forceColorScheme={useTheme()}>
      <Outlet />
    </MantineProvider>
  );
}
