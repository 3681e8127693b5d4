import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { nothingUnseen, symbolReport } from '@test/evaluation';
import { series, signals } from '@test/fixtures';
import { news, newsItem, sentimentHistory } from '@test/news';
import { refuse, server } from '@test/server';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { expect, test, vi } from 'vitest';
import type { ChartProps } from '@/features/chart/components/Chart';
import { createCache } from './App';
import { createPage } from './router';

// A canvas is what jsdom lacks; the chart itself is tested in a real browser.
vi.mock('@/features/chart/components/Chart', () => ({
  default: ({ symbol, agent, fills, range, outdated, focus, news }: ChartProps) => (
    <p
      data-testid="chart"
      data-outdated={outdated}
      data-sentiment={news.shown ? news.columns?.score.join() : 'hidden'}
      data-agreement={news.agreement.join()}
      data-state={news.state}
      data-marked={news.marked}
      data-focus={focus?.time}
    >{`${symbol} ${agent ?? 'no agent'} ${fills.length} fills ${range}`}</p>
  ),
}));

function open(address: string) {
  const router = createPage(createMemoryHistory({ initialEntries: [address] }));
  render(
    <QueryClientProvider client={createCache(20, 50)}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(), router };
}

test('without a symbol the page says what to do first', async () => {
  const { user, router } = open('/');
  expect(await screen.findByText(/Drop a CSV of your own candles/)).toBeInTheDocument();
  await user.click(await screen.findByRole('button', { name: /ACME/ }));
  expect(router.state.location.search).toMatchObject({ symbol: 'ACME' });
  expect(await screen.findByTestId('chart')).toHaveTextContent('ACME default 2 fills 1Y');
});

test('a symbol shows chart, metrics, fills, warnings and what the data is', async () => {
  server.use(
    http.get('*/api/signals/:symbol', () =>
      HttpResponse.json(signals({ warnings: ['Closes are adjusted, opens are not.'] })),
    ),
  );
  open('/?symbol=ACME&range=All');
  expect(await screen.findByTestId('chart')).toHaveTextContent('ACME default 2 fills All');
  expect(screen.getByText('Simulated data')).toBeInTheDocument();
  expect(screen.getByText('Closes are adjusted, opens are not.')).toBeInTheDocument();
  expect(screen.getByRole('table', { name: 'Metrics' })).toBeInTheDocument();
  expect(screen.getByText('▲ Buy')).toBeInTheDocument();
  expect(screen.getByText('Not investment advice.')).toBeInTheDocument();
});

test('the address is what the gateway is asked', async () => {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get('*/api/signals/:symbol', ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json(signals());
    }),
  );
  open('/?symbol=ACME&agent=other&end=2017-12-31&commission_bps=25&fill=next_close');
  await screen.findByTestId('chart');
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({
    agent: 'other',
    end: '2017-12-31',
    cash: '100000',
    commission_bps: '25',
    slippage_bps: '0',
    fill: 'next_close',
  });
});

test('a range changes the view and asks nothing', async () => {
  const asked = vi.fn(() => HttpResponse.json(signals()));
  server.use(http.get('*/api/signals/:symbol', asked));
  const { user } = open('/?symbol=ACME');
  await screen.findByText('▲ Buy');
  await user.click(screen.getByRole('button', { name: '3M' }));
  expect(screen.getByTestId('chart')).toHaveTextContent('3M');
  expect(asked).toHaveBeenCalledTimes(1);
});

test('candles stay when signals are refused, and the reason is said', async () => {
  server.use(
    http.get('*/api/signals/:symbol', () => refuse(404, { detail: 'No agent is called x.' })),
  );
  open('/?symbol=ACME&agent=x');
  expect(await screen.findByText('No agent is called x.')).toBeInTheDocument();
  expect(await screen.findByTestId('chart')).toHaveTextContent('ACME no agent 0 fills');
  expect(screen.getByText(/Until then the candles are shown/)).toBeInTheDocument();
});

test('an unknown symbol says what to do, and can be asked for again', async () => {
  server.use(
    http.get('*/api/candles/:symbol', () => refuse(404, { detail: 'Nobody knows it.' }), {
      once: true,
    }),
  );
  const { user } = open('/?symbol=ACME');
  expect(await screen.findByText('Nobody knows it.')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Ask again' }));
  expect(await screen.findByTestId('chart')).toBeInTheDocument();
});

test('uploaded candles are not called simulated', async () => {
  server.use(
    http.get('*/api/candles/:symbol', () => HttpResponse.json(series({ source: 'upload' }))),
  );
  open('/?symbol=ACME');
  await screen.findByTestId('chart');
  expect(screen.queryByText('Simulated data')).not.toBeInTheDocument();
  expect(screen.getByText('Uploaded')).toBeInTheDocument();
});

test('the theme is part of the address', async () => {
  const { user, router } = open('/?theme=dark');
  await user.click(await screen.findByRole('button', { name: 'Switch to light theme' }));
  expect(router.state.location.search).toMatchObject({ theme: 'light' });
  expect(document.documentElement).toHaveAttribute('data-mantine-color-scheme', 'light');
});

test('a restart of the gateway is waited for quietly', async () => {
  let away = 3;
  const down = () => {
    away -= 1;
    return away >= 0 ? new HttpResponse('Bad Gateway', { status: 502 }) : undefined;
  };
  server.use(http.get('*/api/candles/:symbol', down));
  open('/?symbol=ACME');
  expect(await screen.findByTestId('chart')).toHaveTextContent('ACME');
  expect(away).toBe(-1);
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
});

test('a gateway that stays away is told after some time, and found again once it is back', async () => {
  let down = true;
  server.use(
    http.get('*/api/candles/:symbol', () =>
      down ? new HttpResponse('Bad Gateway', { status: 502 }) : undefined,
    ),
  );
  open('/?symbol=ACME');
  expect(
    await screen.findByText('The gateway is starting or restarting; trying again'),
  ).toBeInTheDocument();
  expect(await screen.findByText(/^The gateway is not answering.*make up/)).toBeInTheDocument();
  down = false;
  expect(await screen.findByTestId('chart')).toBeInTheDocument();
});

test('a re-pricing that fails leaves the last good run, dimmed', async () => {
  const { user } = open('/?symbol=ACME');
  await screen.findByText('▲ Buy');
  server.use(http.get('*/api/signals/:symbol', () => refuse(422, { detail: 'Not so.' })));
  await user.click(screen.getByRole('radio', { name: 'Close' }));
  expect(await screen.findByText('Not so.')).toBeInTheDocument();
  expect(screen.getByTestId('chart')).toHaveTextContent('ACME default 2 fills');
  expect(screen.getByTestId('chart')).toHaveAttribute('data-outdated', 'true');
  expect(screen.getByText('Behind buy and hold')).toBeInTheDocument();
  expect(screen.getByText('Not re-priced')).toBeInTheDocument();
});

test('one click trades the test alone', async () => {
  const { user, router } = open('/?symbol=ACME&end=2020-01-05&scope=whole');
  await user.click(await screen.findByRole('button', { name: 'Test only' }));
  expect(router.state.location.search).toMatchObject({ start: '2020-01-03', end: '2020-01-05' });
});

test('the verdict stands beside the metrics, with its alarms and the way to the rest', async () => {
  const { user, router } = open('/?symbol=ACME&agent=other');
  const verdict = await screen.findByRole('region', { name: 'Verdict' });
  expect(verdict).toHaveTextContent('Indistinguishable from buy and hold');
  expect(verdict).toHaveTextContent(symbolReport().sentence);
  expect(verdict).toHaveTextContent('One alarm is raised: Costs.');
  await user.click(within(verdict).getByRole('link', { name: 'Whole evaluation' }));
  expect(router.state.location).toMatchObject({
    pathname: '/evaluation',
    search: { symbol: 'ACME', agent: 'other' },
  });
});

test('headline numbers are those of the test, and of all traded on asking', async () => {
  const { user, router } = open('/?symbol=ACME');
  const result = await screen.findByLabelText('Result');
  expect(result).toHaveTextContent('112,400+12.4 %');
  expect(result).toHaveTextContent('117,100+17.1 %');
  expect(screen.getByText('2020-01-03 – 2020-01-06, from fresh cash')).toBeInTheDocument();
  expect(screen.getByText(/^Chart, ledger and fills below show all candles/)).toBeInTheDocument();
  await user.click(screen.getByRole('radio', { name: 'All traded' }));
  expect(screen.getByLabelText('Result')).toHaveTextContent('119,700+19.7 %');
  expect(screen.getByText('Partly test')).toBeInTheDocument();
  expect(screen.queryByText(/^Chart, ledger and fills below/)).not.toBeInTheDocument();
  expect(router.state.location.search).toMatchObject({ scope: 'whole' });
});

test('where nothing is unseen the verdict says so, and all traded is called known', async () => {
  const segments = signals().segments.slice(0, 1);
  server.use(
    http.get('*/api/signals/:symbol', () => HttpResponse.json(signals({ segments }))),
    http.get('*/api/evaluation/:symbol', () => HttpResponse.json(nothingUnseen())),
  );
  open('/?symbol=ACME');
  expect(await screen.findByText(/has seen every candle/)).toBeInTheDocument();
  expect(await screen.findByText('Known candles: no test')).toBeInTheDocument();
  expect(screen.getByLabelText('Result')).toHaveTextContent('119,700');
  expect(screen.queryByText(/^(Behind|Ahead of) buy and hold$/)).not.toBeInTheDocument();
  expect(screen.queryByRole('radio', { name: 'Test alone' })).not.toBeInTheDocument();
});

test('a verdict that cannot be had takes nothing else off the page', async () => {
  server.use(http.get('*/api/evaluation/:symbol', () => refuse(422, { detail: 'Too much.' })));
  open('/?symbol=ACME');
  expect(await screen.findByText('There is no verdict: Too much.')).toBeInTheDocument();
  expect(screen.getByLabelText('Result')).toHaveTextContent('119,700');
  expect(screen.getByTestId('chart')).toHaveTextContent('ACME default 2 fills');
});

test('fills and candles say how their signals stand to the news', async () => {
  const { daily } = sentimentHistory();
  server.use(
    http.get('*/api/sentiment/:symbol', () =>
      HttpResponse.json(
        sentimentHistory({
          daily: { ...daily, score: [0.5, 0.4, 0.6, null, null], count: [1, 2, 1, 1, 0] },
        }),
      ),
    ),
  );
  open('/?symbol=ACME');
  expect(await screen.findByRole('cell', { name: 'agrees with the news' })).toBeInTheDocument();
  expect(screen.getByRole('cell', { name: 'against the news' })).toBeInTheDocument();
  const chart = screen.getByTestId('chart');
  expect(chart).toHaveAttribute('data-agreement', 'agrees with the news,,against the news,,');
  expect(chart).toHaveAttribute('data-sentiment', '0.5,0.4,0.6,,');
});

test('the pane of sentiment is hidden on asking, and the address says so', async () => {
  const { user, router } = open('/?symbol=ACME');
  await user.click(await screen.findByRole('switch', { name: 'News sentiment' }));
  expect(router.state.location.searchStr).toContain('sentiment=false');
  expect(screen.getByTestId('chart')).toHaveAttribute('data-sentiment', 'hidden');
});

test('why the pane of sentiment is empty is said in it', async () => {
  server.use(http.get('*/api/sentiment/:symbol', () => refuse(404, { title: 'Unknown symbol' })));
  open('/?symbol=ACME');
  expect(await screen.findByTestId('chart')).toBeInTheDocument();
  await waitFor(() =>
    expect(screen.getByTestId('chart')).toHaveAttribute(
      'data-state',
      'not to be had: Unknown symbol',
    ),
  );
});

test('a headline chosen in the news marks its candle and moves there; again it does not', async () => {
  server.use(
    http.get('*/api/news/:symbol', () =>
      HttpResponse.json(
        news({
          items: [
            newsItem({ headline: 'Has a candle' }),
            newsItem({ id: 'x', headline: 'Has none', counts_from: 9e9 }),
          ],
        }),
      ),
    ),
  );
  const { user, router } = open('/?symbol=ACME');
  await user.click(await screen.findByRole('tab', { name: 'News (2)' }));
  expect(router.state.location.search).toMatchObject({ panel: 'news' });
  const chart = screen.getByTestId('chart');
  const time = String(newsItem().counts_from);
  await user.click(await screen.findByRole('button', { name: 'Has a candle' }));
  expect(chart).toHaveAttribute('data-marked', time);
  expect(chart).toHaveAttribute('data-focus', time);
  await user.click(screen.getByRole('button', { name: 'Has a candle' }));
  expect(chart).not.toHaveAttribute('data-marked');
  await user.click(screen.getByRole('button', { name: 'Has none' }));
  expect(chart).toHaveAttribute('data-focus', time);
});

test('a headline of a day without a candle marks the candle after it', async () => {
  const late = newsItem({ headline: 'Of the night', counts_from: newsItem().counts_from - 1 });
  server.use(http.get('*/api/news/:symbol', () => HttpResponse.json(news({ items: [late] }))));
  const { user } = open('/?symbol=ACME&panel=news');
  await user.click(await screen.findByRole('button', { name: 'Of the night' }));
  const time = String(newsItem().counts_from);
  expect(screen.getByTestId('chart')).toHaveAttribute('data-marked', time);
  expect(screen.getByText(/Counts from the candle of 2020-01-02, marked/)).toBeInTheDocument();
});

test('window and filters of the news are part of the address', async () => {
  const asked: string[] = [];
  server.use(
    http.get('*/api/news/:symbol', ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json(news());
    }),
  );
  const { user, router } = open(
    '/?symbol=ACME&panel=news&news_days=30&as_of=2017-12-31&news_label=negative',
  );
  expect(await screen.findByText(/1 of 4 listed/)).toBeInTheDocument();
  expect(asked).toEqual(['?days=30&as_of=2017-12-31']);
  await user.click(screen.getByRole('button', { name: /Neutral 1/ }));
  expect(router.state.location.searchStr).toContain('news_days=30&as_of=2017-12-31');
  expect(router.state.location.searchStr).toContain('news_label=neutral');
});

test('a run that fails is told beside the news too', async () => {
  server.use(http.get('*/api/signals/:symbol', () => refuse(404, { detail: 'No such agent.' })));
  const { user } = open('/?symbol=ACME&agent=x&panel=news');
  await user.click(await screen.findByRole('tab', { name: 'Backtest (failed)' }));
  expect(screen.getByText('No such agent.')).toBeInTheDocument();
});
