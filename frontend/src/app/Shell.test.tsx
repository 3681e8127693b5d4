import { doneExperiment, experiment } from '@test/experiments';
import { openPage } from '@test/open';
import { refuse, server } from '@test/server';
import { act, screen, waitFor } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { expect, test, vi } from 'vitest';
import type { Experiment } from '@/api/types';

// A canvas is what jsdom lacks; the chart itself is tested in a real browser.
vi.mock('@/features/evaluation/components/CurveChart', () => ({ default: () => null }));

function serve(first: Experiment) {
  let now = [first];
  server.use(
    http.get('*/api/experiments', () => HttpResponse.json({ experiments: now, more: false })),
  );
  return (next: Experiment) => {
    now = [next];
  };
}

test.each([
  [doneExperiment(), 'Done', 'Its agent and evaluation are there.'],
  [
    experiment({ state: 'failed', reason: 'It was out of memory.' }),
    'Failed',
    'It was out of memory.',
  ],
  [experiment({ state: 'cancelled' }), 'Cancelled', 'It was cancelled.'],
])(
  'that an experiment has ended is said on any page, with the way to it',
  async (ended, word, sentence) => {
    const become = serve(experiment());
    const { user, cache } = openPage('/evaluation');
    await waitFor(() => expect(cache.getQueryData(['experiments', 'newest'])).toBeDefined());
    become(ended);
    await act(() => cache.invalidateQueries({ queryKey: ['experiments', 'newest'] }));
    expect(await screen.findByText(sentence)).toBeInTheDocument();
    expect(screen.getByText(word)).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Train an agent: ACME' })).toHaveAttribute(
      'href',
      '/experiments/e-1',
    );
    await user.click(screen.getByRole('button', { name: 'Dismiss Train an agent: ACME' }));
    expect(screen.queryByText(sentence)).not.toBeInTheDocument();
  },
);

test('what had ended before the page was opened is no news', async () => {
  serve(doneExperiment());
  const { cache } = openPage('/evaluation');
  await waitFor(() => expect(cache.getQueryData(['experiments', 'newest'])).toBeDefined());
  await act(() => cache.invalidateQueries({ queryKey: ['experiments', 'newest'] }));
  expect(screen.queryByText('Its agent and evaluation are there.')).not.toBeInTheDocument();
});

test('without experiments to ask for the other pages stand', async () => {
  server.use(http.get('*/api/experiments', () => refuse(503, { detail: 'Away.' })));
  openPage('/evaluation');
  expect(await screen.findByText(/Is the agent better/)).toBeInTheDocument();
  expect(screen.queryByText('Away.')).not.toBeInTheDocument();
});
