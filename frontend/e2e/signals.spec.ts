import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import {
  askSignals,
  drawn,
  expectMarkersToBeFills,
  LAST_SCORED_DAY,
  open,
  SIMULATED,
  sharedFile,
  TEST_AGENT,
} from './page';

const PICTURE = fileURLToPath(new URL('../../docs/images/dashboard.png', import.meta.url));

test('a CSV is uploaded and its markers are the fills of the API', async ({ page, request }) => {
  const file = sharedFile('nse/NHPC.csv');
  test.skip(file === null, 'The shared data is not on this machine.');
  const query = { end: LAST_SCORED_DAY };
  // The page would score the whole series as soon as it is uploaded: it is held back until the
  // address says where scoring ends.
  await page.route(
    (url) => url.pathname.startsWith('/api/signals/') && !url.searchParams.has('end'),
    (route) => route.abort(),
  );
  await page.route('**/api/evaluation/NHPC?*', (route) =>
    route.fulfill({
      status: 422,
      contentType: 'application/problem+json',
      json: { title: 'Not asked', detail: 'These candles are not scored.' },
    }),
  );
  await page.goto('/');
  await page.getByRole('button', { name: 'Upload CSV' }).click();
  await page.getByLabel('CSV file').setInputFiles(file ?? '');
  const result = page.getByRole('dialog');
  await expect(result).toContainText('2,934');
  await expect(result).toContainText('2009-09-01 – 2021-07-01');
  await expect(result).toContainText('Duplicate time');
  await result.getByRole('button', { name: 'Show NHPC' }).click();
  await expect(page).toHaveURL(/symbol=NHPC/);

  const snapshot = await open(page, { symbol: 'NHPC', ...query });
  const signals = await askSignals(request, 'NHPC', query);
  expect(snapshot).toMatchObject({ symbol: 'NHPC', candles: 2934 });
  expectMarkersToBeFills(snapshot, signals);
  await expect(page.getByRole('table', { name: 'Metrics' })).toContainText('Sharpe');
});

test('a simulated symbol is labelled, and its markers are the fills of the API', async ({
  page,
  request,
}) => {
  const snapshot = await open(page, { symbol: SIMULATED });
  expectMarkersToBeFills(snapshot, await askSignals(request, SIMULATED));
  expect(snapshot.panes).toEqual(['price', 'sentiment', 'net worth', 'drawdown']);
  await expect(page.getByText('Simulated data')).toBeVisible();
  await expect(page.getByText('Not investment advice.')).toBeVisible();

  if (process.env.SCREENSHOT === '1') {
    await expect(page.getByRole('region', { name: 'Verdict' })).toBeVisible();
    await page.mouse.move(700, 400);
    await page.screenshot({ path: PICTURE });
  }
});

test('the test agent’s buys and sells are both drawn, with their words', async ({
  page,
  request,
}) => {
  const { agents } = await (await request.get('/api/agents')).json();
  const there = agents.some(({ id }: { id: string }) => id === TEST_AGENT);
  test.skip(!there, `The agent ${TEST_AGENT} is not among the agents here.`);
  const snapshot = await open(page, { symbol: SIMULATED, agent: TEST_AGENT, range: '3M' });
  expectMarkersToBeFills(snapshot, await askSignals(request, SIMULATED, { agent: TEST_AGENT }));
  const words = new Set(snapshot.markers.map(({ word }) => word));
  expect(words).toContain('Buy');
  expect(words).toContain('Sell');
});

test('a changed commission re-prices the same decisions', async ({ page, request }) => {
  await open(page, { symbol: SIMULATED });
  await page.getByLabel('Commission, bps').fill('50');
  await expect(page).toHaveURL(/commission_bps=50/);
  const dear = await askSignals(request, SIMULATED, { commission_bps: '50' });
  const row = page.locator('[data-metric="final_net_worth"] td').first();
  await expect(row).toHaveText(
    Math.round(dear.metrics.final_net_worth).toLocaleString('en-US').replace('-', '\u2212'),
  );
  await expect(page.getByText('Re-priced, not retrained', { exact: true })).toBeVisible();
});

test('a fill in the table moves the chart to its candle', async ({ page }) => {
  const before = await open(page, { symbol: SIMULATED, range: '1M' });
  await page.getByRole('button', { name: '#' }).click();
  const pick = page.locator('[data-side] button').first();
  const day = await pick.textContent();
  await pick.click();
  const after = await drawn(page, ({ visible }) => visible?.to !== before.visible?.to);
  expect(after.visible?.to).toBeLessThan(before.visible?.from ?? 0);
  await expect(page.getByTestId('legend')).toContainText(day ?? 'no day');
});

test('an export comes in again with the same candles', async ({ page, request }) => {
  const { candles } = await open(page, { symbol: SIMULATED });
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe(`${SIMULATED}_results.csv`);
  const text = readFileSync(await saved.path(), 'utf8');
  expect(text.split('\n', 1)[0]).toBe(
    'Date,open,high,low,close,volume,signal,quantity,netWorth,balance',
  );
  const answer = await request.post('/api/datasets', {
    multipart: {
      file: { name: 'ROUNDTRIP_results.csv', mimeType: 'text/csv', buffer: Buffer.from(text) },
    },
  });
  expect(answer.status()).toBe(201);
  const original = await (await request.get(`/api/candles/${SIMULATED}`)).json();
  expect(await answer.json()).toMatchObject({
    symbol: 'ROUNDTRIP',
    candles,
    data_hash: original.data_hash,
  });
});
