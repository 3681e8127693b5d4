import {
  doneExperiment,
  event,
  events,
  experiment,
  unit,
  validationPoint,
} from '@test/experiments';
import { agent, signals } from '@test/fixtures';
import { Feed, openPage } from '@test/open';
import { refuse, server } from '@test/server';
import { act, screen, waitFor, within } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { expect, test, vi } from 'vitest';
import type { Experiment, Unit } from '@/api/types';
import type { OverlayChartProps } from '@/features/experiments/components/OverlayChart';
import type { PolicyChartProps } from '@/features/experiments/components/PolicyChart';

// A canvas is what jsdom lacks; the charts themselves are tested in a real browser.
vi.mock('@/features/experiments/components/OverlayChart', () => ({
  default: ({ lines }: OverlayChartProps) => (
    <p data-testid="net-worth">
      {lines.map(({ name, value }) => `${name} ${value.at(-1)}`).join(', ')}
    </p>
  ),
}));
vi.mock('@/features/experiments/components/PolicyChart', () => ({
  default: ({ fills, closes }: PolicyChartProps) => (
    <p data-testid="policy">{`${closes.time.length} closes, ${fills.length} fills`}</p>
  ),
}));

function serve(experiment: Experiment, units: Unit[] = [unit()]) {
  let now = experiment;
  server.use(
    http.get('*/api/experiments/:id', () => HttpResponse.json(now)),
    http.get('*/api/experiments/:id/units', () => HttpResponse.json({ units, more: false })),
  );
  return {
    become: (next: Experiment) => {
      now = next;
    },
  };
}

test('a running experiment is drawn from its events as they come', async () => {
  serve(experiment());
  const { feed } = openPage('/experiments/e-1', new Feed(events()));
  expect(await screen.findByRole('heading', { name: 'Train an agent: ACME' })).toBeInTheDocument();
  expect(await screen.findByRole('img', { name: 'Loss by step, 0.5 at last' })).toBeInTheDocument();
  expect(
    screen.getByRole('img', {
      name: 'Sharpe ratio on validation by step: 0.45 at last, buy and hold 0.37',
    }),
  ).toBeInTheDocument();
  expect(
    screen.getByRole('img', { name: /at step 2,000: Out 25\s%, All in 75\s%/ }),
  ).toBeInTheDocument();
  expect(await screen.findByTestId('net-worth')).toHaveTextContent('Agent 110, Buy and hold 105');
  expect(screen.getByText(/Two steps were kept/)).toBeInTheDocument();
  act(() => {
    feed.send(
      event({
        id: 8,
        kind: 'validation',
        unit: 0,
        step: 3000,
        validation: validationPoint({ sharpe: 0.9, net_worth: [100, 110, 123] }),
      }),
    );
  });
  // The latest is followed.
  await waitFor(() =>
    expect(screen.getByTestId('net-worth')).toHaveTextContent('Agent 123, Buy and hold 105'),
  );
});

test('the slider goes back to an earlier validation, and the address keeps it', async () => {
  serve(experiment());
  const { user, router } = openPage('/experiments/e-1', new Feed(events()));
  const slider = await screen.findByRole('slider', { name: 'Validation that is looked at' });
  expect(slider).toHaveAttribute('aria-valuetext', 'step 2,000');
  slider.focus();
  await user.keyboard('{ArrowLeft}');
  expect(router.state.location.href).toContain('at=1000');
  expect(await screen.findByTestId('net-worth')).toHaveTextContent('Agent 98');
  expect(screen.getByRole('img', { name: /at step 1,000: Out 50\s%/ })).toBeInTheDocument();
  await user.keyboard('{ArrowRight}');
  expect(router.state.location.href).not.toContain('at=');
});

test('progress, rate, time left and the last sign of life are said', async () => {
  serve(experiment());
  openPage('/experiments/e-1');
  const figures = await screen.findByLabelText('Progress', { selector: 'dl' });
  for (const words of ['5,000', 'of 10,000 steps', '413 steps/s', '2 min 10 s']) {
    expect(within(figures).getByText(words)).toBeInTheDocument();
  }
  expect(screen.queryByText(/may be stuck/)).not.toBeInTheDocument();
});

test('silence is told', async () => {
  serve(experiment({ last_seen: '2026-01-01T00:02:00Z' }));
  openPage('/experiments/e-1');
  expect(await screen.findByText(/It may be stuck/)).toBeInTheDocument();
});

test('a unit is chosen, by the table or the list', async () => {
  serve(
    experiment({
      units: { total: 2, queued: 0, running: 2, done: 0, failed: 0, cancelled: 0 },
    }),
    [unit(), unit({ index: 1, seed: 1, point: { 'learning.discount': 0.5 } })],
  );
  const { user, router } = openPage(
    '/experiments/e-1',
    new Feed([...events(), event({ id: 9, unit: 1, step: 100, total: 10_000, loss: 7 })]),
  );
  const table = await screen.findByRole('table', { name: 'Units' });
  expect(within(table).getByText('Discount 0.5')).toBeInTheDocument();
  await user.click(within(table).getByRole('button', { name: '1 Train' }));
  expect(router.state.location.href).toContain('unit=1');
  expect(await screen.findByRole('img', { name: 'Loss by step, 7 at last' })).toBeInTheDocument();
});

test('a cancel is asked about in its place before it is done', async () => {
  const cancelled = vi.fn();
  const { become } = serve(experiment());
  server.use(
    http.post('*/api/experiments/:id/cancel', () => {
      cancelled();
      become(experiment({ state: 'cancelling' }));
      return HttpResponse.json(experiment({ state: 'cancelling' }), { status: 202 });
    }),
  );
  const { user } = openPage('/experiments/e-1');
  await user.click(await screen.findByRole('button', { name: 'Cancel' }));
  await user.click(screen.getByRole('button', { name: 'Let it run' }));
  expect(cancelled).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: 'Cancel' }));
  await user.click(screen.getByRole('button', { name: 'Stop it' }));
  expect(await screen.findByText('Cancelling')).toBeInTheDocument();
  expect(cancelled).toHaveBeenCalledTimes(1);
  expect(screen.queryByRole('button', { name: 'Delete' })).not.toBeInTheDocument();
});

test('an ended experiment is deleted, and the list is shown', async () => {
  serve(experiment({ state: 'cancelled' }));
  const removed = vi.fn();
  server.use(
    http.delete('*/api/experiments/:id', () => {
      removed();
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user, router } = openPage('/experiments/e-1');
  await user.click(await screen.findByRole('button', { name: 'Delete' }));
  await user.click(screen.getByRole('button', { name: 'Delete for good' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/experiments'));
  expect(removed).toHaveBeenCalledTimes(1);
});

test('a failure says why, and offers to run it again with changes', async () => {
  serve(experiment({ state: 'failed', reason: 'It was out of memory.' }));
  const { user, router } = openPage('/experiments/e-1');
  expect(await screen.findByText(/It was out of memory/)).toBeInTheDocument();
  await user.click(screen.getByRole('link', { name: 'Run again with changes' }));
  expect(router.state.location.pathname).toBe('/experiments');
  expect(router.state.location.search).toMatchObject({ new: 'train', from: 'e-1' });
});

const made = agent({ id: 'acme-0', name: 'ACME, seed 0', is_default: false });

test('what an experiment made is promoted, charted and evaluated', async () => {
  serve(doneExperiment(), [unit({ state: 'done', agent: 'acme-0' })]);
  let promoted = false;
  server.use(
    http.get('*/api/agents', () =>
      HttpResponse.json({
        agents: [agent({ is_default: !promoted }), { ...made, is_default: promoted }],
      }),
    ),
    http.post('*/api/agents/:id/promote', ({ params }) => {
      promoted = params.id === 'acme-0';
      return HttpResponse.json({ ...made, is_default: true });
    }),
  );
  const { user, router } = openPage('/experiments/e-1');
  await user.click(await screen.findByRole('button', { name: 'Promote to default' }));
  expect(await screen.findByText('Default agent')).toBeInTheDocument();
  const chart = screen.getByRole('link', { name: 'Open on chart' });
  expect(chart).toHaveAttribute('href', expect.stringContaining('agent=acme-0'));
  const links = screen.getAllByRole('link', { name: 'Evaluation' });
  const report = links.find((link) => link.getAttribute('href')?.includes('report='));
  await user.click(report as HTMLElement);
  expect(router.state.location.search).toMatchObject({ report: 'acme-holdout' });
});

test('the policy of a kept step is shown on validation candles alone', async () => {
  serve(doneExperiment(), [unit({ state: 'done', agent: 'acme-0' })]);
  const asked: URLSearchParams[] = [];
  const { validation } = made;
  server.use(
    http.get('*/api/agents', () =>
      HttpResponse.json({
        agents: [agent(), { ...made, steps: 300, kept_steps: [100, 200, 300] }],
      }),
    ),
    http.get('*/api/signals/:symbol', ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json(signals({ agent: 'acme-0' }));
    }),
  );
  const { user, router } = openPage('/experiments/e-1');
  const slider = await screen.findByRole('slider', { name: 'Training step of the agent' });
  expect(slider).toHaveAttribute('aria-valuetext', '300, final');
  slider.focus();
  await user.keyboard('{ArrowLeft}');
  expect(slider).toHaveAttribute('aria-valuetext', '200 of 300');
  expect(router.state.location.search).toMatchObject({ policy: 'acme-0@200' });
  await waitFor(() =>
    expect(asked.some((query) => query.get('agent') === 'acme-0@200')).toBe(true),
  );
  const last = new Date(validation.end * 1000).toISOString().slice(0, 10);
  expect(asked.every((query) => query.get('end') === last)).toBe(true);
});

test('the end of the stream brings the result', async () => {
  const { become } = serve(experiment());
  const { feed } = openPage('/experiments/e-1', new Feed(events()));
  await screen.findByText('Running', { selector: 'section[aria-labelledby="experiment"] *' });
  become(doneExperiment());
  act(() => feed.send(event({ id: 9, kind: 'state', state: 'done' })));
  expect(await screen.findByRole('heading', { name: 'Agent' })).toBeInTheDocument();
});

test('a broken stream is told, and followed no longer than the page is open', async () => {
  serve(experiment());
  const { feed, view } = openPage('/experiments/e-1');
  await screen.findByRole('heading', { name: 'Log' });
  act(() => feed.breakOff());
  expect(await screen.findByText(/live connection broke off/)).toBeInTheDocument();
  expect(feed.followed).toEqual(['e-1']);
  view.unmount();
  expect(feed.followed).toEqual([]);
});

test('an experiment that is not there says so, with the way to the others', async () => {
  server.use(
    http.get('*/api/experiments/:id', () =>
      refuse(404, { detail: 'No experiment is called e-1.' }),
    ),
  );
  openPage('/experiments/e-1');
  expect(await screen.findByText('No experiment is called e-1.')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'All experiments' })).toBeInTheDocument();
});
