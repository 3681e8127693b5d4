import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { type APIRequestContext, expect, type Page, test } from '@playwright/test';
import type { EvaluationReport } from '../src/api/types';
import type { CurveSnapshot } from '../src/features/evaluation/model/snapshot';
import { drawn, open, SIMULATED } from './page';

const PICTURE = fileURLToPath(new URL('../../docs/images/evaluation.png', import.meta.url));
const WORDS = {
  beats: 'Beats buy and hold',
  indistinguishable: 'Indistinguishable from buy and hold',
  loses: 'Loses to buy and hold',
};

async function askEvaluation(
  request: APIRequestContext,
  symbol: string,
): Promise<EvaluationReport> {
  const answer = await request.get(`/api/evaluation/${symbol}`);
  expect(answer.status()).toBe(200);
  return answer.json();
}

/** What the chart of curves says it draws, once it has painted its shades. */
async function curves(
  page: Page,
  wanted: (snapshot: CurveSnapshot) => boolean = () => true,
): Promise<CurveSnapshot> {
  let seen: CurveSnapshot | undefined;
  await expect
    .poll(async () => {
      seen = await page.evaluate(() => window.__bellwether_curves);
      return seen?.shades.every((shades) => shades.length > 0) === true && wanted(seen);
    })
    .toBe(true);
  if (seen === undefined) throw new Error('The chart says nothing.');
  return seen;
}

async function openReport(page: Page, search: Record<string, string> = {}): Promise<void> {
  await page.goto(`/evaluation?${new URLSearchParams({ symbol: SIMULATED, ...search })}`);
  await expect(page.getByRole('heading', { name: 'Passport' })).toBeVisible();
}

const signed = (fraction: number) => {
  const text = (Math.abs(fraction) * 100).toLocaleString('en-US', {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  return `${Number(text.replaceAll(',', '')) === 0 ? '' : fraction < 0 ? '\u2212' : '+'}${text}\u00a0%`;
};

test('the verdict of the API stands on the dashboard and on the evaluation page', async ({
  page,
  request,
}) => {
  const { verdict, sentence, rows } = await askEvaluation(request, SIMULATED);
  await open(page, { symbol: SIMULATED });
  const line = page.getByRole('region', { name: 'Verdict' });
  await expect(line).toContainText(verdict === null ? 'No verdict' : WORDS[verdict]);
  await expect(line).toContainText(sentence);
  const worth = Math.round(rows[0]?.agent?.final_net_worth_mean ?? 0).toLocaleString('en-US');
  await expect(page.getByLabel('Result')).toContainText(worth);
  await page.getByRole('link', { name: 'Whole evaluation' }).click();
  await expect(page).toHaveURL(/\/evaluation\?.*symbol=SIM-MIXED/);
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText(sentence);
});

test('every price and net-worth chart is shaded by what the agent has seen', async ({
  page,
  request,
}) => {
  const { segments } = await askEvaluation(request, SIMULATED);
  const kinds = segments.map(({ kind }) => kind);
  expect(kinds).toContain('test');
  await open(page, { symbol: SIMULATED, range: 'All' });
  const { shades: dashboard } = await drawn(page, ({ shades }) =>
    shades.every((pane) => pane.length === kinds.length),
  );
  expect(dashboard).toHaveLength(4);
  await openReport(page);
  const { panes, shades: evaluation } = await curves(page);
  expect(panes).toEqual(['price', 'net worth']);
  expect(evaluation).toHaveLength(2);
  for (const pane of [...dashboard, ...evaluation]) {
    expect(pane.map(({ kind }) => kind)).toEqual(kinds);
    // Side by side and in the order of time, each with a width of its own.
    for (const [index, { left, right }] of pane.entries()) {
      expect(right).toBeGreaterThan(left);
      expect(left + 0.5).toBeGreaterThan(pane[index - 1]?.right ?? 0);
    }
  }
});

test('baselines are drawn on asking', async ({ page }) => {
  await openReport(page);
  expect((await curves(page)).lines).toHaveProperty('buy_and_hold');
  const lines = page.getByRole('group', { name: 'Lines' });
  await lines.getByRole('button', { name: 'Random' }).click();
  expect((await curves(page, ({ lines }) => 'random' in lines)).lines).toHaveProperty(
    'buy_and_hold',
  );
  await lines.getByRole('button', { name: 'Buy and hold' }).click();
  await curves(page, ({ lines }) => !('buy_and_hold' in lines));
  await expect(page).toHaveURL(/baselines=random/);
});

test('the crosshair is moved by keys, and the key says what the lines stand at', async ({
  page,
}) => {
  await openReport(page);
  const lines = page.getByRole('group', { name: 'Lines' });
  const before = await lines.textContent();
  await page.getByRole('group', { name: /^Net worth over the test/ }).focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(lines).not.toHaveText(before ?? '');
});

test('the stress slider shows the result at each cost', async ({ page, request }) => {
  const { cost_stress, passport } = await askEvaluation(request, SIMULATED);
  expect(cost_stress).not.toBeNull();
  const points = cost_stress?.commission ?? [];
  await openReport(page);
  const slider = page.getByRole('slider', { name: 'Stressed commission, bps' });
  await expect(slider).toHaveAttribute('aria-valuenow', String(passport.commission_bps));
  await slider.focus();
  await page.keyboard.press('Home');
  for (const point of points) {
    await expect(slider).toHaveAttribute('aria-valuenow', String(point.bps));
    const cells = page
      .getByRole('table', { name: 'Result at this cost' })
      .getByRole('row', { name: 'Total return' })
      .getByRole('cell');
    await expect(cells.nth(0)).toHaveText(signed(point.total_return_fraction));
    await expect(cells.nth(1)).toHaveText(signed(point.buy_and_hold_total_return_fraction));
    await page.keyboard.press('ArrowRight');
  }
  await expect(page).toHaveURL(/stress_bps=50/);
  await expect(page.getByText(/break-even:/i)).toBeVisible();
});

test('a passport that is run again gives the same numbers, bit for bit', async ({ page }) => {
  await openReport(page);
  await page.getByRole('button', { name: 'Run again' }).click();
  await expect(page.getByText('The same numbers, bit for bit.')).toBeVisible({ timeout: 45_000 });
});

test('the report comes down as a page that stands alone', async ({ page }) => {
  await openReport(page);
  const saving = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download report' }).click();
  expect((await saving).suggestedFilename()).toMatch(/\.html$/);
});

test('candles that were all seen are given no verdict', async ({ page, request }) => {
  const rows = Array.from({ length: 400 }, (_, day) => {
    const date = new Date(Date.UTC(2010, 0, 1 + day)).toISOString().slice(0, 10);
    const price = 100 + 10 * Math.sin(day / 9);
    return `${date},${price},${price + 2},${price - 2},${price + 1},1000`;
  });
  const answer = await request.post('/api/datasets', {
    multipart: {
      file: {
        name: 'SEEN_daily.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(['Date,Open,High,Low,Close,Volume', ...rows].join('\n')),
      },
    },
  });
  expect(answer.status()).toBe(201);
  await page.goto('/evaluation?symbol=SEEN');
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('No verdict');
  await expect(page.getByLabel('Result on unseen candles')).toHaveCount(0);
  await page.getByRole('link', { name: 'Dashboard' }).click();
  await expect(page.getByRole('button', { name: 'Known candles: no test' })).toBeVisible();
});

test('a kept report of a protocol is opened, sorted, and a row draws its curve', async ({
  page,
  request,
}) => {
  const { evaluations } = await (await request.get('/api/evaluations')).json();
  const first = evaluations.find((each: { id: string }) => each.id === 'tdqn');
  expect(first).toBeDefined();
  await page.goto('/evaluation');
  await page.getByRole('navigation', { name: 'Reports' }).getByText(first.title).click();
  await expect(page).toHaveURL(new RegExp(`report=${first.id}`));
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText(first.sentence);
  const table = page.getByRole('table', { name: 'Sharpe ratio by symbol' });
  await table.getByRole('button', { name: 'Buy and hold', exact: true }).click();
  await expect(page).toHaveURL(/sort=-buy_and_hold/);
  const symbol = await table.locator('tbody button').first().textContent();
  await table.locator('tbody button').first().click();
  const snapshot = await curves(page, (now) => now.symbol === symbol);
  expect(snapshot.panes).toEqual(['price', 'net worth']);
  if (process.env.SCREENSHOT === '1') {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await table.getByRole('button', { name: /^Mean of/ }).click();
    await curves(page, (now) => now.symbol === null);
    // Choosing a row scrolls to the chart; the picture is of the top.
    await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }));
    await page.screenshot({ path: PICTURE });
  }
  const { passport } = await (await request.get(`/api/evaluations/${first.id}`)).json();
  await expect(page.getByText(passport.command, { exact: true })).toBeVisible();
});

test('the ablation that ships says whether the news helps', async ({ page, request }) => {
  const report: EvaluationReport = await (await request.get('/api/evaluations/sentiment')).json();
  const ablation = report.ablation;
  if (!ablation) throw new Error('The report has no ablation.');
  await page.goto('/evaluation?report=sentiment');
  const section = page.getByRole('region', { name: 'Does the news help?' });
  await expect(section).toContainText(ablation.sentence);
  for (const arm of ablation.arms) {
    await expect(section).toContainText(arm.sharpe_mean.toFixed(2));
  }
  await expect(section).toContainText(ablation.engine_version);
});

test('the address restores the report as it was read', async ({ page }) => {
  await openReport(page, {
    baselines: 'random',
    stress: 'slippage',
    stress_bps: '20',
    months: 'difference',
    theme: 'light',
  });
  expect((await curves(page)).lines).toHaveProperty('random');
  await expect(page.getByText('At 20 bps of slippage')).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Less buy and hold' })).toBeChecked();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light');
});

for (const theme of ['dark', 'light'] as const) {
  test(`axe finds nothing on the ${theme} report`, async ({ page }) => {
    await openReport(page, { theme, baselines: 'buy_and_hold,random' });
    await curves(page);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}

for (const width of [1440, 1024, 390]) {
  test(`the report does not scroll sideways at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await openReport(page);
    await curves(page);
    const content = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(content).toBeLessThanOrEqual(width);
  });
}
