import { agent, signals } from '@test/fixtures';
import { openPage } from '@test/open';
import { server } from '@test/server';
import { screen, waitFor } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { expect, test, vi } from 'vitest';

vi.mock('@/features/chart/components/Chart', () => ({ default: () => null }));

const trained = agent({
  id: 'acme-0',
  name: 'ACME, seed 0',
  is_default: false,
  steps: 300,
  kept_steps: [100, 200, 300],
});
const LAST = new Date(trained.validation.end * 1000).toISOString().slice(0, 10);

function serve() {
  const asked: URLSearchParams[] = [];
  const judged = vi.fn();
  server.use(
    http.get('*/api/agents', () => HttpResponse.json({ agents: [agent(), trained] })),
    http.get('*/api/signals/:symbol', ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      return HttpResponse.json(signals({ agent: query.get('agent') ?? 'default' }));
    }),
    http.get('*/api/evaluation/:symbol', ({ request }) => {
      judged(new URL(request.url).searchParams.get('agent'));
      return HttpResponse.json({}, { status: 404 });
    }),
  );
  return { asked, judged };
}

test('an agent whose steps were kept is gone through, without a look at unseen candles', async () => {
  const { asked } = serve();
  const { user, router } = openPage('/?symbol=ACME&agent=acme-0');
  const slider = await screen.findByRole('slider', { name: 'Training step of the agent' });
  expect(slider).toHaveAttribute('aria-valuetext', '300, final');
  slider.focus();
  await user.keyboard('{ArrowLeft}');
  expect(router.state.location.search).toMatchObject({ agent: 'acme-0@200' });
  expect(screen.getByText(/Shown up to the end of validation/)).toHaveTextContent(LAST);
  await waitFor(() => expect(asked.at(-1)?.get('agent')).toBe('acme-0@200'));
  expect(asked.at(-1)?.get('end')).toBe(LAST);
  expect(screen.getByText(/No verdict on a step of the training/)).toBeInTheDocument();
  expect(await screen.findByText(/as it was at step 200/)).toBeInTheDocument();
  await user.keyboard('{ArrowRight}');
  expect(router.state.location.search).toMatchObject({ agent: 'acme-0' });
});

test('a step of the address is never traded or judged beyond validation', async () => {
  const { asked, judged } = serve();
  openPage('/?symbol=ACME&agent=acme-0@100&start=2021-01-01&end=2021-06-30');
  expect(await screen.findByText(/as it was at step 100/)).toBeInTheDocument();
  expect(asked.map((query) => query.get('end'))).toEqual([LAST]);
  expect(asked[0]?.has('start')).toBe(false);
  expect(judged).not.toHaveBeenCalled();
  expect(screen.getByRole('combobox', { name: 'Agent' })).toHaveValue('ACME, seed 0');
});

test('the evaluation page judges the finished agent instead of a step', async () => {
  const { judged } = serve();
  const { user, router } = openPage('/evaluation?symbol=ACME&agent=acme-0@100');
  await user.click(await screen.findByRole('button', { name: 'Judge the finished agent' }));
  expect(router.state.location.search).toMatchObject({ agent: 'acme-0' });
  await waitFor(() => expect(judged).toHaveBeenCalledWith('acme-0'));
  expect(judged).not.toHaveBeenCalledWith('acme-0@100');
});

test('an agent of which no step was kept has no slider', async () => {
  serve();
  openPage('/?symbol=ACME');
  await screen.findByRole('table', { name: 'Metrics' });
  expect(screen.queryByRole('slider', { name: 'Training step of the agent' })).toBeNull();
});
