import AxeBuilder from '@axe-core/playwright';
import { type APIRequestContext, expect, type Page, test } from '@playwright/test';
import type { News, NewsItem } from '../src/api/types';
import { askSignals, drawn, open, SIMULATED, sharedFile, TEST_AGENT } from './page';

/** Made by the local Yahoo of `tests/e2e/local_yahoo.py`, as is its news. */
const MADE = 'MADEUP';
const LABEL = /^(\+ ?Positive|= ?Neutral|− ?Negative)/;

const panel = (page: Page) => page.getByRole('region', { name: 'News', exact: true });
const headlines = (page: Page) =>
  panel(page).getByRole('region', { name: 'Headlines' }).getByRole('article');

/** The gateway's own answer, once nothing is being fetched or scored any more. */
async function askNews(
  request: APIRequestContext,
  symbol: string,
  query: Record<string, string> = {},
): Promise<News> {
  let news: News | undefined;
  await expect
    .poll(
      async () => {
        const answer = await request.get(`/api/news/${symbol}?${new URLSearchParams(query)}`);
        expect(answer.status()).toBe(200);
        news = await answer.json();
        return news?.refreshing === false;
      },
      { timeout: 45_000 },
    )
    .toBe(true);
  if (news === undefined) throw new Error('The gateway says nothing.');
  return news;
}

test.describe('a simulated market', () => {
  const view = { symbol: SIMULATED, panel: 'news', news_days: '90', range: '6M' };

  test('headlines stand under their days, labelled by sign and word', async ({ page, request }) => {
    const news = await askNews(request, SIMULATED, { days: '90' });
    expect(news.items.length).toBeGreaterThan(5);
    await open(page, view);
    await expect(page.getByRole('tab', { name: `News (${news.total})` })).toBeVisible();
    const first = headlines(page).first();
    await expect(first).toContainText(news.items[0]?.headline ?? 'no headline');
    await expect(first).toContainText(LABEL);
    await expect(first).toContainText('Simulated');
    const day = news.items[0]?.published_at.slice(0, 10) ?? 'no day';
    await expect(panel(page).getByRole('heading', { name: day })).toBeVisible();
    await expect(panel(page)).toContainText(`Scored by ${news.engine?.name}`);
  });

  test('a label lists its headlines alone, and the address keeps it', async ({ page, request }) => {
    const news = await askNews(request, SIMULATED, { days: '90' });
    const negative = news.items.filter(({ sentiment }) => sentiment?.label === 'negative');
    expect(negative.length).toBeGreaterThan(0);
    await open(page, view);
    await panel(page)
      .getByRole('button', { name: /Negative/ })
      .click();
    await expect(page).toHaveURL(/news_label=negative/);
    await expect(panel(page)).toContainText(`${negative.length} of ${news.items.length} listed`);
    await expect(headlines(page).first()).toContainText(negative[0]?.headline ?? 'no headline');
    for (const text of await headlines(page).allTextContents()) expect(text).toMatch(/Negative/);
  });

  test('choosing a headline marks its candle, by mouse and by keys', async ({ page, request }) => {
    const { items } = await askNews(request, SIMULATED, { days: '90' });
    const { candles } = await open(page, view);
    const { time } = (await (await request.get(`/api/candles/${SIMULATED}`)).json()).candles;
    expect(time).toHaveLength(candles);
    const candleOf = (item?: NewsItem): number | undefined =>
      time.find((one: number) => one >= (item?.counts_from ?? 0));
    // The newest may count from a candle that is to come, and two may share one.
    const at = items.findIndex((item) => candleOf(item) !== undefined);
    const next = items.findIndex((item, i) => i > at && candleOf(item) !== candleOf(items[at]));
    expect(next).toBeGreaterThan(at);
    const first = headlines(page).nth(at).getByRole('button');
    await first.click();
    const one = await drawn(page, ({ marked }) => marked !== null);
    expect(time[one.marked ?? -1]).toBe(candleOf(items[at]));
    await expect(page.getByTestId('legend')).toContainText(/News.*\d headline/);
    for (let i = at; i < next; i += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const other = await drawn(page, ({ marked }) => marked !== one.marked);
    expect(time[other.marked ?? -1]).toBe(candleOf(items[next]));
    await page.keyboard.press('Enter');
    await drawn(page, ({ marked }) => marked === null);
  });

  test('probabilities are there on focus', async ({ page }) => {
    await open(page, view);
    const button = headlines(page).first().getByRole('button');
    await button.focus();
    await button.press('ArrowDown');
    await expect(page.getByRole('tooltip')).toContainText(
      /Positive.*%Neutral.*%Negative.*%Scored by/,
    );
  });

  test('sentiment has a pane of its own, which can be hidden', async ({ page, request }) => {
    await askNews(request, SIMULATED);
    const answer = await request.get(`/api/sentiment/${SIMULATED}?days=36500`);
    const { daily } = await answer.json();
    const with_news = daily.count.filter((count: number) => count > 0).length;
    expect(with_news).toBeGreaterThan(0);
    await open(page, { symbol: SIMULATED });
    const { panes, sentiment } = await drawn(page, (now) => (now.sentiment?.bars ?? 0) > 0);
    expect(panes).toEqual(['price', 'sentiment', 'net worth', 'drawdown']);
    expect((sentiment?.bars ?? 0) + (sentiment?.marks ?? 0)).toBe(with_news);
    await page.getByRole('switch', { name: 'News sentiment' }).click();
    await expect(page).toHaveURL(/sentiment=false/);
    expect((await drawn(page, (now) => now.sentiment === null)).panes).toEqual([
      'price',
      'net worth',
      'drawdown',
    ]);
  });

  test('stepping to a candle with news lists its headlines', async ({ page, request }) => {
    const { items } = await askNews(request, SIMULATED, { days: '90' });
    await open(page, view);
    await drawn(page, (now) => (now.sentiment?.bars ?? 0) > 0);
    await page.getByRole('group', { name: /^Candles, net worth and drawdown/ }).focus();
    const tip = page.getByRole('tooltip');
    for (let step = 0; step < 20 && !(await tip.isVisible()); step += 1) {
      await page.keyboard.press('ArrowLeft');
      await page.evaluate(() => new Promise((painted) => requestAnimationFrame(painted)));
    }
    await expect(tip).toContainText(/\d headlines?, /);
    await expect(tip.getByRole('listitem').first()).toContainText(items[0]?.headline ?? 'none');
  });

  test('a bar that is hovered lists its headlines', async ({ page, request }) => {
    await askNews(request, SIMULATED);
    await open(page, { symbol: SIMULATED, range: '6M' });
    await drawn(page, (now) => (now.sentiment?.bars ?? 0) > 0);
    const frame = page.getByRole('group', { name: /^Candles, net worth and drawdown/ });
    const title = await frame.getByText('News sentiment', { exact: true }).boundingBox();
    const chart = await frame.boundingBox();
    if (title === null || chart === null) throw new Error('The chart is not laid out.');
    const tip = page.getByRole('tooltip');
    const y = title.y + 30;
    for (let x = chart.x + chart.width - 110; x > chart.x + 200; x -= 5) {
      await page.mouse.move(x, y);
      if (await tip.isVisible()) break;
    }
    await expect(tip).toContainText(/\d headlines?, /);
    await expect(tip.getByRole('listitem').first()).toBeVisible();
    // The price above has a legend of its own.
    await page.mouse.move(chart.x + chart.width / 2, chart.y + 100);
    await expect(tip).toHaveCount(0);
  });

  test('fills say how their decisions stood to the news', async ({ page, request }) => {
    const { agents } = await (await request.get('/api/agents')).json();
    const there = agents.some(({ id }: { id: string }) => id === TEST_AGENT);
    test.skip(!there, `The agent ${TEST_AGENT} is not among the agents here.`);
    await askNews(request, SIMULATED);
    const { decisions, fills } = await askSignals(request, SIMULATED, { agent: TEST_AGENT });
    const { daily } = await (await request.get(`/api/sentiment/${SIMULATED}?days=36500`)).json();
    await open(page, { symbol: SIMULATED, agent: TEST_AGENT });
    const rows = page.getByRole('region', { name: 'Fills' }).locator('[data-side]');
    await expect(rows.first()).toContainText(/news/);
    const said = await rows.locator('[data-column="news"]').allTextContents();
    const newest = fills.toReversed().slice(0, said.length);
    const expected = newest.map(({ time, side }) => {
      // The test agent's orders fill at the next open.
      const candle = decisions.time[decisions.time.indexOf(time) - 1];
      const at = daily.time.indexOf(candle);
      if (daily.count[at] === 0) return 'no news';
      const score = daily.score[at];
      if (Math.abs(score) <= 0.15) return 'the news is neutral';
      return score > 0 === (side === 'buy') ? 'agrees with the news' : 'against the news';
    });
    expect(said).toEqual(expected);
    expect(new Set(said).size).toBeGreaterThan(2);
  });

  test('headlines of a file are scored and shown', async ({ page }) => {
    await open(page, { ...view, news_days: '30' });
    await panel(page).getByRole('button', { name: 'Add headlines…' }).click();
    const dialogue = page.getByRole('dialog');
    const { last_time } = await drawn(page);
    const day = new Date((last_time ?? 0) * 1000 - 5 * 86_400_000).toISOString().slice(0, 10);
    await dialogue.getByLabel('CSV file of headlines').setInputFiles({
      name: 'mine.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        `date,headline,source\n${day},Quarterly profit falls sharply and the outlook is cut,My Notebook\n`,
      ),
    });
    await expect(dialogue).toContainText('1 in the file, 1 of them new');
    await dialogue.getByRole('button', { name: 'Show the news' }).click();
    await panel(page).getByRole('combobox', { name: 'Source' }).click();
    await page.getByRole('option', { name: /My Notebook/ }).click();
    await expect(headlines(page)).toHaveCount(1);
    await expect(headlines(page)).toContainText('Quarterly profit falls sharply');
    await expect(headlines(page)).toContainText('date only');
    await expect(headlines(page)).toContainText(/Negative/, { timeout: 30_000 });
  });

  test('a file that is no list of headlines is refused with its row and field', async ({
    page,
  }) => {
    await open(page, view);
    await panel(page).getByRole('button', { name: 'Add headlines…' }).click();
    await page.getByLabel('CSV file of headlines').setInputFiles({
      name: 'wrong.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('date,price\n2020-01-02,10\n'),
    });
    await expect(page.getByRole('alert')).toContainText(/Row 1, field headline/);
  });

  for (const theme of ['dark', 'light'] as const) {
    test(`axe finds nothing on the ${theme} panel`, async ({ page, request }) => {
      await askNews(request, SIMULATED, { days: '90' });
      await open(page, { ...view, theme });
      await expect(headlines(page).first()).toBeVisible();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    });
  }

  for (const width of [1440, 390]) {
    test(`the panel does not scroll sideways at ${width} pixels`, async ({ page }) => {
      await page.setViewportSize({ width, height: 844 });
      await open(page, view);
      await expect(headlines(page).first()).toBeVisible();
      const content = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(content).toBeLessThanOrEqual(width);
    });
  }
});

test('a symbol without news says so, and what each source answered', async ({ page, request }) => {
  const rows = Array.from({ length: 60 }, (_, day) => {
    const date = new Date(Date.UTC(2014, 0, 1 + day)).toISOString().slice(0, 10);
    return `${date},100,102,98,101,1000`;
  });
  const answer = await request.post('/api/datasets', {
    multipart: {
      file: {
        name: 'QUIET_daily.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(['Date,Open,High,Low,Close,Volume', ...rows].join('\n')),
      },
    },
  });
  expect(answer.status()).toBe(201);
  await page.goto('/?symbol=QUIET&panel=news');
  await expect(panel(page)).toContainText('No news about QUIET');
  await expect(panel(page)).toContainText('not the same as neutral', { timeout: 45_000 });
  await expect(panel(page).getByRole('list', { name: 'Sources' })).toBeVisible();
});

test('news of a local Yahoo flows to scored headlines and marks its candles', async ({
  page,
  request,
}) => {
  const known = await request.get(`/api/candles/${MADE}`);
  test.skip(known.status() !== 200, 'The gateway asks another Yahoo than that of the tests.');
  const query = { days: '15', as_of: '2025-02-26' };
  const news = await askNews(request, MADE, query);
  expect(news.items).toHaveLength(4);
  await open(page, { symbol: MADE, panel: 'news', as_of: query.as_of, range: '3M' });
  await expect(headlines(page)).toHaveCount(4);
  for (const { headline, source, sentiment, url } of news.items) {
    expect(sentiment).not.toBeNull();
    const row = headlines(page).filter({ hasText: headline });
    await expect(row).toContainText(source);
    await expect(row).toContainText(new RegExp(sentiment?.label ?? 'no label', 'i'));
    const link = row.getByRole('link');
    await expect(link).toHaveAttribute('href', url ?? 'no link');
    await expect(link).toHaveAttribute('target', '_blank');
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
  }
  const falls = news.items.find(({ headline }) => headline.includes('shares fall'));
  expect(falls?.sentiment?.label).toBe('negative');
  await headlines(page).filter({ hasText: 'shares fall' }).getByRole('button').click();
  const { marked, sentiment } = await drawn(page, (now) => now.marked !== null);
  const { time } = (await known.json()).candles;
  expect(time[marked ?? -1]).toBe(Date.UTC(2025, 1, 25) / 1000);
  expect((sentiment?.bars ?? 0) + (sentiment?.marks ?? 0)).toBe(3);
});

test('recorded news of Yahoo flows to scored headlines', async ({ page, request }) => {
  const recorded = sharedFile('yahoo/search/search-AAPL.json');
  test.skip(recorded === null, 'The shared data is not on this machine.');
  // Candles of the shared sets after 2017 are drawn, never scored.
  for (const path of ['signals', 'evaluation']) {
    await page.route(`**/api/${path}/AAPL?*`, (route) =>
      route.fulfill({
        status: 422,
        contentType: 'application/problem+json',
        json: { title: 'Not asked', detail: 'These candles are not scored.' },
      }),
    );
  }
  const news = await askNews(request, 'AAPL', { days: '15', as_of: '2025-02-25' });
  expect(news.items.length).toBeGreaterThanOrEqual(3);
  await page.goto('/?symbol=AAPL&panel=news&as_of=2025-02-25');
  await expect(headlines(page)).toHaveCount(news.items.length);
  for (const { headline, sentiment } of news.items) {
    expect(sentiment).not.toBeNull();
    await expect(headlines(page).filter({ hasText: headline })).toContainText(LABEL);
  }
  await headlines(page).first().getByRole('button').click();
  await expect(headlines(page).first()).toContainText('not among the candles of the chart');
});
