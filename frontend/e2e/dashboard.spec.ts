import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { drawn, open, SIMULATED } from './page';

for (const theme of ['dark', 'light'] as const) {
  test(`axe finds nothing on the ${theme} screen`, async ({ page }) => {
    await open(page, { symbol: SIMULATED, theme });
    await expect(page.getByRole('table', { name: 'Metrics' })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.goto(`/?theme=${theme}`);
    await expect(page.getByRole('button', { name: SIMULATED })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}

for (const width of [1440, 1024, 390]) {
  test(`nothing scrolls sideways at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await open(page, { symbol: SIMULATED });
    await expect(page.getByRole('table', { name: 'Metrics' })).toBeVisible();
    const content = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(content).toBeLessThanOrEqual(width);
  });
}

test('the keyboard alone finds a symbol and steps through candles', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('button', { name: SIMULATED })).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type(SIMULATED);
  await expect(page.getByRole('option', { name: SIMULATED })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`symbol=${SIMULATED}`));
  await drawn(page, ({ agent }) => agent !== null);
  const legend = page.getByTestId('legend');
  const before = await legend.textContent();
  await page.getByRole('group', { name: /^Candles, net worth and drawdown/ }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(legend).not.toHaveText(before ?? '');
});

test('a file that cannot be read is refused with its row and field', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Upload CSV' }).click();
  await page.getByLabel('CSV file').setInputFiles({
    name: 'BROKEN.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      'Date,Open,High,Low,Volume\n2020-01-02,10,11,9,100\n2020-01-03,10,11,9,100\n',
    ),
  });
  const refusal = page.getByRole('alert');
  await expect(refusal).toContainText('Row 1, field close');
  await expect(page.getByRole('button', { name: 'Upload BROKEN.csv' })).toBeEnabled();
});

test('a file dropped anywhere on the page is uploaded', async ({ page }) => {
  await page.goto('/');
  const rows = Array.from({ length: 90 }, (_, day) => {
    const date = new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10);
    const price = 100 + (day % 7);
    return `${date},${price},${price + 2},${price - 2},${price + 1},1000`;
  });
  const text = ['Date,Open,High,Low,Close,Volume', ...rows].join('\n');
  const files = await page.evaluateHandle((content) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], 'DROPPED_daily.csv', { type: 'text/csv' }));
    return transfer;
  }, text);
  await page.dispatchEvent('body', 'dragover', { dataTransfer: files });
  await expect(page.getByText('Drop a CSV of candles to upload it')).toBeVisible();
  await page.dispatchEvent('body', 'drop', { dataTransfer: files });
  await page.getByRole('button', { name: 'Show DROPPED' }).click();
  expect((await drawn(page)).candles).toBe(90);
});

test('a replay advances, pauses and steps, with net worth and cash', async ({ page }) => {
  const { candles } = await open(page, { symbol: SIMULATED, range: '6M' });
  await page.getByRole('button', { name: 'Replay' }).click();
  const bar = page.getByRole('region', { name: 'Replay' });
  const start = await drawn(page, ({ replay_cursor }) => replay_cursor !== null);
  expect(start.candles).toBeLessThan(candles);
  const first = start.replay_cursor ?? 0;
  await drawn(page, ({ replay_cursor }) => (replay_cursor ?? 0) >= first + 2);
  await bar.getByRole('button', { name: 'Pause' }).click();
  const paused = await drawn(page);
  await bar.getByRole('button', { name: 'Step', exact: true }).click();
  const stepped = await drawn(page, (now) => now.candles === paused.candles + 1);
  expect(stepped.replay_cursor).toBe((paused.replay_cursor ?? 0) + 1);
  expect(stepped.markers.every(({ time }) => time <= (stepped.last_time ?? 0))).toBe(true);
  await expect(bar.locator('[data-replay="net-worth"]')).toHaveText(/^[\d,]+$/);
  await expect(bar.locator('[data-replay="cash"]')).toHaveText(/^[\d,]+$/);
  await bar.getByRole('button', { name: 'End' }).click();
  expect((await drawn(page, (now) => now.replay_cursor === null)).candles).toBe(candles);
});

test('the address restores the page', async ({ page }) => {
  const snapshot = await open(page, {
    symbol: SIMULATED,
    range: '5Y',
    log: 'true',
    theme: 'light',
    cash: '50000',
    commission_bps: '25',
    fill: 'next_close',
    start: '2012-01-02',
  });
  expect(snapshot).toMatchObject({ log_scale: true, theme: 'light' });
  await expect(page.getByLabel('Cash', { exact: true })).toHaveValue('50,000');
  await expect(page.getByLabel('Commission, bps')).toHaveValue('25');
  await expect(page.getByRole('radio', { name: 'Close' })).toBeChecked();
  await expect(page.getByRole('button', { name: '5Y' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: '3M' }).click();
  await expect(page).toHaveURL(/range=3M/);
  const address = page.url();
  const before = await drawn(page, ({ visible }) => (visible?.from ?? 0) > 0);
  await page.goto('about:blank');
  await page.goto(address);
  const after = await drawn(page, ({ agent }) => agent !== null);
  expect(after).toMatchObject({ log_scale: true, theme: 'light', visible: before.visible });
});

test('an unknown symbol says what to do next', async ({ page }) => {
  await page.goto('/?symbol=NO-SUCH-SYMBOL');
  await expect(page.getByRole('alert')).toContainText('drop a CSV');
});
