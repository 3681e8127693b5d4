import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactElement } from 'react';

/** A component in what it stands in, and somebody to use it. */
export function show(element: ReactElement) {
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const user = userEvent.setup();
  const view = render(
    <QueryClientProvider client={cache}>
      <MantineProvider env="test">{element}</MantineProvider>
    </QueryClientProvider>,
  );
  return { user, ...view };
}
