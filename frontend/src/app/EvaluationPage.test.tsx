import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { ablation, nothingUnseen, report, symbolReport } from '@test/evaluation';
import { signals } from '@test/fixtures';
import { refuse, server } from '@test/server';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { expect, test, vi } from 'vitest';
import type { CurveChartProps } from '@/features/evaluation/components/CurveChart';
import { createCache } from './App';
import { createPage } from './router';

// A canvas is what jsdom lacks; the chart itself is tested in a real browser.
vi.mock('@/features/evaluation/components/CurveChart', () => ({
  default: ({ curve, baselines, segments, onBaselines }: CurveChartProps) => (
    <>
      <p data-testid="curves">
        {`${curve.symbol ?? 'mean'} [${baselines.join()}] ${segments.map(({ kind }) => kind).join()}`}
      </p>
      <button type="button" onClick={() => onBaselines(['buy_and_hold', 'random'])}>
        Add random
      </button>
    </>
  ),
}));

vi.mock('@/features/chart/components/Chart', () => ({ default: () => null }));

function open(address: string) {
  const router = createPage(createMemoryHistory({ initialEntries: [address] }));
  render(
    <QueryClientProvider client={createCache(20, 50)}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(), router };
}

const cellsOf = (name: RegExp, table: HTMLElement) =>
  within(within(table).getByRole('row', { name }))
    .getAllByRole('cell')
    .map((cell) => cell.textContent);

test('a kept report shows all its parts', async () => {
  open('/evaluation?report=tdqn');
  expect(await screen.findByText('Indistinguishable from buy and hold')).toBeInTheDocument();
  expect(screen.getByText(/^Over 503 test dates/)).toBeInTheDocument();
  expect(screen.getByText(/^Survivorship/)).toBeInTheDocument();
  for (const title of [
    'Net worth, mean of 2 symbols',
    'Alarms',
    'Luck and looks',
    'Against the baselines',
    'Cost stress',
    'Sharpe ratio by symbol',
    'Bull, bear and sideways',
    'What the profit rests on',
    'Years and months',
    'Passport',
  ]) {
    expect(screen.getByRole('heading', { name: title })).toBeInTheDocument();
  }
  expect(await screen.findByTestId('curves')).toHaveTextContent(
    'mean [buy_and_hold] train,validation,test',
  );
  expect(screen.getByRole('button', { name: 'Copy command to run again' })).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Run again' })).not.toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Download report' })).toHaveAttribute(
    'href',
    '/api/evaluations/tdqn/report.html',
  );
});

test.each([
  [undefined, 0],
  [null, 0],
  [ablation(), 1],
])('what the news is worth is shown where an ablation was made', async (made, sections) => {
  server.use(
    http.get('*/api/evaluations/:id', () => HttpResponse.json({ ...report(), ablation: made })),
  );
  open('/evaluation?report=tdqn');
  expect(await screen.findByRole('heading', { name: 'Luck and looks' })).toBeInTheDocument();
  expect(screen.queryAllByRole('region', { name: 'Does the news help?' })).toHaveLength(sections);
});

test('the terms of the address are what the gateway is asked, and what is downloaded', async () => {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get('*/api/evaluation/:symbol', ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json(symbolReport());
    }),
  );
  open('/evaluation?symbol=ACME&agent=other&commission_bps=25');
  const link = await screen.findByRole('link', { name: 'Download report' });
  const terms = {
    agent: 'other',
    cash: '100000',
    commission_bps: '25',
    slippage_bps: '0',
    fill: 'next_open',
  };
  expect(Object.fromEntries(asked[0] ?? [])).toEqual(terms);
  const address = new URL(link.getAttribute('href') ?? '', 'http://page');
  expect(address.pathname).toBe('/api/evaluation/ACME/report.html');
  expect(Object.fromEntries(address.searchParams)).toEqual(terms);
});

test('the report of one agent on one symbol is titled by it, and says why it may leave the band', async () => {
  open('/evaluation?symbol=ACME');
  expect(await screen.findByRole('table', { name: 'Sharpe ratios of ACME' })).toBeInTheDocument();
  expect(screen.getByText(/averages the Q-values of its networks/)).toBeInTheDocument();
  expect(screen.getByText(/candles it never saw/)).toBeInTheDocument();
  expect(screen.queryByText(/all symbols together/)).not.toBeInTheDocument();
  expect(screen.queryByText(/without the best/)).not.toBeInTheDocument();
});

test('choosing a row draws its curve, and the address says which', async () => {
  const { user, router } = open('/evaluation?report=tdqn');
  const table = await screen.findByRole('table', { name: 'Sharpe ratio by symbol' });
  await user.click(within(table).getByRole('button', { name: 'ZULU' }));
  expect(router.state.location.search).toMatchObject({ report: 'tdqn', curve: 'ZULU' });
  expect(await screen.findByTestId('curves')).toHaveTextContent('ZULU');
  await user.click(within(table).getByRole('button', { name: 'Mean of 2' }));
  expect(await screen.findByTestId('curves')).toHaveTextContent('mean');
  await user.click(screen.getByRole('button', { name: 'Add random' }));
  expect(screen.getByTestId('curves')).toHaveTextContent('[buy_and_hold,random]');
  expect(router.state.location.search).toMatchObject({ baselines: 'buy_and_hold,random' });
});

test('the table is sorted by a column, turned around by the same one', async () => {
  const { user, router } = open('/evaluation?report=tdqn');
  const table = await screen.findByRole('table', { name: 'Sharpe ratio by symbol' });
  const symbols = () =>
    within(table)
      .getAllByRole('button', { name: /^(ACME|ZULU)$/ })
      .map((button) => button.textContent);
  await user.click(within(table).getByRole('button', { name: 'Buy and hold' }));
  expect(symbols()).toEqual(['ZULU', 'ACME']);
  expect(router.state.location.search).toMatchObject({ sort: '-buy_and_hold' });
  await user.click(within(table).getByRole('button', { name: /^Buy and hold/ }));
  expect(symbols()).toEqual(['ACME', 'ZULU']);
});

test('the stress slider reads the result at another cost', async () => {
  const { user, router } = open('/evaluation?report=tdqn');
  const numbers = await screen.findByRole('table', { name: 'Result at this cost' });
  expect(cellsOf(/^Total return/, numbers)).toEqual(['+8.4\u00a0%', '+17.0\u00a0%']);
  expect(screen.getByText(/makes money up to 31.0 bps/)).toBeInTheDocument();
  screen.getByRole('slider').focus();
  await user.keyboard('{ArrowRight}{ArrowRight}');
  expect(router.state.location.search).toMatchObject({ stress_bps: '50' });
  expect(cellsOf(/^Total return/, numbers)).toEqual(['\u22127.6\u00a0%', '+16.6\u00a0%']);
  await user.click(screen.getByRole('radio', { name: 'Slippage' }));
  expect(screen.getByText('At 50 bps of slippage')).toBeInTheDocument();
});

test('months are those of the agent, or what it made beyond buy and hold', async () => {
  const { user } = open('/evaluation?report=tdqn');
  const agent = await screen.findByRole('table', { name: /^Returns by month, of the agent/ });
  expect(cellsOf(/^2020/, agent).slice(0, 3)).toEqual(['+5.0\u00a0%', '\u22121.0\u00a0%', '']);
  await user.click(screen.getByRole('radio', { name: 'Less buy and hold' }));
  const difference = screen.getByRole('table', { name: /less buy and hold/ });
  expect(cellsOf(/^2020/, difference).slice(0, 2)).toEqual(['+3.0\u00a0%', '\u22124.0\u00a0%']);
});

test('raised alarms are shown, quiet ones on asking', async () => {
  const { user } = open('/evaluation?report=tdqn');
  expect(await screen.findByText(/Costs ate 48/)).toBeInTheDocument();
  expect(screen.queryByText(/74 trades/)).not.toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Show 1 quiet alarm' }));
  expect(screen.getByText(/74 trades/)).toBeInTheDocument();
});

test('a passport that is run again says that the numbers are the same', async () => {
  const sent: unknown[] = [];
  server.use(
    http.post('*/api/evaluation/run-again', async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json(symbolReport({ looks: null }));
    }),
  );
  const { user } = open('/evaluation?symbol=ACME');
  await user.click(await screen.findByRole('button', { name: 'Run again' }));
  expect(await screen.findByText(/The same numbers, bit for bit/)).toBeInTheDocument();
  expect(sent).toEqual([symbolReport().passport]);
});

test('a run that differs says in what, and a refusal is shown with its sentence', async () => {
  const { passport } = symbolReport();
  server.use(
    http.post(
      '*/api/evaluation/run-again',
      () =>
        HttpResponse.json(
          symbolReport({
            passport: { ...passport, code_version: '2.0.0', result_hash: 'c'.repeat(64) },
          }),
        ),
      { once: true },
    ),
    http.post('*/api/evaluation/run-again', () =>
      refuse(409, { detail: 'The candles of ACME are no longer those of the passport.' }),
    ),
  );
  const { user } = open('/evaluation?symbol=ACME');
  await user.click(await screen.findByRole('button', { name: 'Run again' }));
  expect(await screen.findByText(/^≠ Different: .* and with them the code/)).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Run again' }));
  expect(await screen.findByText(/no longer those of the passport/)).toBeInTheDocument();
});

test('where nothing is unseen the page says so and shows no number', async () => {
  server.use(http.get('*/api/evaluation/:symbol', () => HttpResponse.json(nothingUnseen())));
  open('/evaluation?symbol=ACME');
  expect(await screen.findByText('No verdict')).toBeInTheDocument();
  expect(screen.getByText(/has seen every candle/)).toBeInTheDocument();
  expect(screen.queryByText(/candles it never saw/)).not.toBeInTheDocument();
  expect(screen.queryByLabelText('Result on unseen candles')).not.toBeInTheDocument();
  expect(screen.queryByRole('heading', { name: 'Cost stress' })).not.toBeInTheDocument();
});

test('baselines alone are shown without an agent’s columns', async () => {
  const whole = report();
  server.use(
    http.get('*/api/evaluations/:id', () =>
      HttpResponse.json({
        ...whole,
        verdict: null,
        rows: whole.rows.map((one) => ({ ...one, agent: null })),
        averages: { ...whole.averages, agent: null },
        paired: null,
        significance: null,
        cost_stress: null,
        attribution: null,
        looks: null,
      }),
    ),
  );
  open('/evaluation?report=tdqn');
  const table = await screen.findByRole('table', { name: 'Sharpe ratio by symbol' });
  expect(within(table).queryByRole('columnheader', { name: /Agent/ })).not.toBeInTheDocument();
  expect(cellsOf(/^ACME/, table)).toEqual([
    'ACME',
    '0.47',
    '\u22120.47',
    '0.10',
    '\u22120.20',
    '0.25',
  ]);
});

test('without a symbol the page says what to do first', async () => {
  const { user, router } = open('/evaluation');
  expect(await screen.findByText(/Pick a symbol to judge the agent/)).toBeInTheDocument();
  await user.click(await screen.findByRole('button', { name: /^TDQN protocol/ }));
  expect(router.state.location.search).toMatchObject({ report: 'tdqn' });
  expect(await screen.findByText('Indistinguishable from buy and hold')).toBeInTheDocument();
});

test('a refusal is shown and can be asked again', async () => {
  server.use(
    http.get('*/api/evaluation/:symbol', () => refuse(404, { detail: 'Nobody knows it.' }), {
      once: true,
    }),
  );
  const { user } = open('/evaluation?symbol=ACME');
  expect(await screen.findByText('Nobody knows it.')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Ask again' }));
  expect(await screen.findByRole('heading', { name: 'default on ACME' })).toBeInTheDocument();
});

test('the other page keeps symbol and terms', async () => {
  const { user, router } = open('/evaluation?symbol=ACME&commission_bps=25');
  await screen.findByRole('heading', { name: 'default on ACME' });
  await user.click(screen.getByRole('link', { name: 'Dashboard' }));
  expect(router.state.location).toMatchObject({
    pathname: '/',
    search: { symbol: 'ACME', commission_bps: '25' },
  });
});

test('other terms are asked for from the page itself', async () => {
  const asked: (string | null)[] = [];
  server.use(
    http.get('*/api/evaluation/:symbol', ({ request }) => {
      asked.push(new URL(request.url).searchParams.get('commission_bps'));
      return HttpResponse.json(symbolReport());
    }),
  );
  const { user, router } = open('/evaluation?symbol=ACME');
  await user.click(await screen.findByRole('button', { name: 'Change terms' }));
  const field = await screen.findByLabelText('Commission, bps');
  expect(screen.queryByLabelText('Trade from')).not.toBeInTheDocument();
  await user.clear(field);
  await user.type(field, '40');
  await waitFor(() => expect(asked).toContain('40'));
  expect(router.state.location.search).toMatchObject({ commission_bps: '40' });
});

test('a symbol that is picked takes the place of a kept report', async () => {
  const { user, router } = open('/evaluation?report=tdqn&curve=ZULU');
  await screen.findByRole('heading', { name: 'TDQN protocol' });
  await user.keyboard('/');
  await user.type(screen.getByRole('combobox', { name: /symbol/i }), 'ACME{Enter}');
  expect(await screen.findByRole('heading', { name: 'default on ACME' })).toBeInTheDocument();
  expect(router.state.location.search).toMatchObject({ symbol: 'ACME' });
  expect(router.state.location.search).not.toHaveProperty('report');
});

test('a re-pricing that fails leaves the last good report, dimmed', async () => {
  const { user } = open('/evaluation?symbol=ACME');
  await screen.findByRole('heading', { name: 'default on ACME' });
  server.use(http.get('*/api/evaluation/:symbol', () => refuse(422, { detail: 'Not so.' })));
  await user.click(screen.getByRole('button', { name: 'Change terms' }));
  await user.click(await screen.findByRole('radio', { name: 'Close' }));
  expect(await screen.findByText('Not so.')).toBeInTheDocument();
  expect(screen.getByRole('article')).toHaveAttribute('data-outdated', 'true');
});

test('the count of looks is the newest that any page has', async () => {
  const { user } = open('/evaluation?symbol=ACME');
  expect(await screen.findByText('1 look at these dates, 3 in all')).toBeInTheDocument();
  const newer = { lineage: 'tdqn', total: 9, this_window: 4 };
  server.use(http.get('*/api/signals/:symbol', () => HttpResponse.json(signals({ looks: newer }))));
  await user.click(screen.getByRole('link', { name: 'Dashboard' }));
  expect(await screen.findByText('4 at these dates, 9 in all')).toBeInTheDocument();
  await user.click(screen.getByRole('link', { name: 'Evaluation' }));
  expect(await screen.findByText('4 looks at these dates, 9 in all')).toBeInTheDocument();
});

test('while the gateway is away the last report stays, and the answer comes by itself', async () => {
  const { user } = open('/evaluation?symbol=ACME');
  await screen.findByRole('heading', { name: 'default on ACME' });
  let down = true;
  server.use(
    http.get('*/api/evaluation/:symbol', () =>
      down ? new HttpResponse('Bad Gateway', { status: 502 }) : undefined,
    ),
  );
  await user.click(screen.getByRole('button', { name: 'Change terms' }));
  await user.click(await screen.findByRole('radio', { name: 'Close' }));
  expect(await screen.findByText(/^The gateway is not answering/)).toBeInTheDocument();
  expect(screen.getByRole('article')).toHaveAttribute('data-outdated', 'true');
  down = false;
  await waitFor(() =>
    expect(screen.getByRole('article')).toHaveAttribute('data-outdated', 'false'),
  );
  expect(screen.queryByText(/^The gateway is not answering/)).not.toBeInTheDocument();
});

test('a row that is chosen brings the chart into view, still where motion is unwanted', async () => {
  const { user } = open('/evaluation?report=tdqn');
  const table = await screen.findByRole('table', { name: 'Sharpe ratio by symbol' });
  const scroll = vi.spyOn(HTMLElement.prototype, 'scrollIntoView');
  await user.click(within(table).getByRole('button', { name: 'ZULU' }));
  expect(scroll).toHaveBeenLastCalledWith({ behavior: 'smooth', block: 'nearest' });
  const wanted = { ...window.matchMedia('(prefers-reduced-motion: reduce)'), matches: true };
  vi.spyOn(window, 'matchMedia').mockReturnValue(wanted);
  await user.click(within(table).getByRole('button', { name: 'ACME' }));
  expect(scroll).toHaveBeenLastCalledWith({ behavior: 'instant', block: 'nearest' });
  vi.restoreAllMocks();
});
