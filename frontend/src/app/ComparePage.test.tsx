import { doneExperiment } from '@test/experiments';
import { agent, DAY, metrics, START, signals } from '@test/fixtures';
import { openPage } from '@test/open';
import { server } from '@test/server';
import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { expect, test, vi } from 'vitest';
import type { OverlayChartProps } from '@/features/experiments/components/OverlayChart';

vi.mock('@/features/experiments/components/OverlayChart', () => ({
  default: ({ lines }: OverlayChartProps) => (
    <p data-testid="overlay">
      {lines.map(({ name, value }) => `${name} ${Math.round(value.at(-1) ?? 0)}`).join(', ')}
    </p>
  ),
}));

const validation = { start: START, end: START + 4 * DAY };

function serve() {
  const asked: URLSearchParams[] = [];
  const experiment = doneExperiment();
  const { specification } = experiment;
  const other = doneExperiment({
    id: 'e-2',
    specification: {
      ...specification,
      config: { ...specification.config, learning: { learning_rate: 0.01, discount: 0.9 } },
    },
  });
  server.use(
    http.get('*/api/agents', () =>
      HttpResponse.json({
        agents: [
          agent(),
          agent({ id: 'one', experiment: 'e-1', validation, symbols: ['ACME'] }),
          agent({ id: 'two', experiment: 'e-2', validation, symbols: ['ACME'] }),
        ],
      }),
    ),
    http.get('*/api/experiments/:id', ({ params }) =>
      HttpResponse.json(params.id === 'e-2' ? other : experiment),
    ),
    http.get('*/api/signals/:symbol', ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      const base = signals({ agent: query.get('agent') ?? '' });
      if (query.get('agent') === 'one') return HttpResponse.json(base);
      return HttpResponse.json({
        ...base,
        decisions: {
          ...base.decisions,
          exposure: [1, 0, 0, 0, 0],
          action: ['buy', 'sell', 'hold', 'hold', 'hold'],
        },
        ledger: { ...base.ledger, net_worth: [100_000, 105_000, 105_000, 105_000, 105_000] },
        metrics: metrics({ sharpe: 0.11 }),
      });
    }),
  );
  return asked;
}

test('runs are laid over each other on the candles they were validated on', async () => {
  const asked = serve();
  openPage('/experiments/compare?agents=one,two');
  await waitFor(
    () =>
      expect(screen.getByTestId('overlay')).toHaveTextContent('one 120, two 105, Buy and hold 100'),
    { timeout: 15_000 },
  );
  expect(asked.map((query) => [query.get('agent'), query.get('start'), query.get('end')])).toEqual([
    ['one', '2020-01-01', '2020-01-05'],
    ['two', '2020-01-01', '2020-01-05'],
  ]);
  expect(screen.getByText(/costs no look at unseen candles/)).toBeInTheDocument();
});

test('what differs is told: settings, the first decision, metrics', async () => {
  serve();
  openPage('/experiments/compare?agents=one,two&symbol=ACME');
  const settings = await screen.findByRole('table', { name: 'Settings' });
  const row = await within(settings).findByRole('row', { name: /Learning rate differs/ });
  expect(row).toHaveAttribute('data-differs', 'true');
  expect(within(row).getByText('0.01')).toBeInTheDocument();
  expect(within(settings).getByRole('row', { name: /^Discount/ })).toHaveAttribute(
    'data-differs',
    'false',
  );
  expect(await screen.findByText('2020-01-02')).toBeInTheDocument();
  expect(screen.getByText(/sells to 0\s%, while one stays at 100\s%/)).toBeInTheDocument();
  const table = screen.getByRole('table', { name: 'Metrics side by side' });
  const cells = within(within(table).getByRole('row', { name: /^Sharpe/ })).getAllByRole('cell');
  expect(cells.map((cell) => cell.textContent)).toEqual(['0.71', '0.11', '0.40']);
});

test('dates beyond validation are a look, which is said', async () => {
  serve();
  openPage('/experiments/compare?agents=one,two&end=2020-03-01');
  expect(await screen.findByText(/counted as a look/)).toBeInTheDocument();
});

test('an agent is removed, and one that is not there is named', async () => {
  serve();
  const { user, router } = openPage('/experiments/compare?agents=one,two,gone');
  expect(await screen.findByText(/No agent is called gone/)).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: '✕ Remove gone' }));
  expect(router.state.location.search).toMatchObject({ agents: 'one,two' });
  expect(screen.queryByText(/No agent is called gone/)).not.toBeInTheDocument();
});

test('without agents the page says how to choose them', async () => {
  serve();
  openPage('/experiments/compare');
  expect(await screen.findByText('No agent is chosen yet')).toBeInTheDocument();
});
