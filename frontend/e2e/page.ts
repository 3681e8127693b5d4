import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type APIRequestContext, expect, type Page } from '@playwright/test';
import type { Signals } from '../src/api/types';
import type { DrawnSnapshot } from '../src/features/chart/model/snapshot';

export const SIMULATED = 'SIM-MIXED';
export const TEST_AGENT = 'test-alternating';
/** Candles of the shared sets after this day are drawn, never scored. */
export const LAST_SCORED_DAY = '2017-12-31';

const data =
  process.env.BELLWETHER_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** A file of the shared data; null where that is not on this machine. */
export function sharedFile(path: string): string | null {
  const file = `${data}/${path}`;
  return existsSync(file) ? file : null;
}

/** Open the page and wait until the chart has drawn what was asked for. */
export async function open(page: Page, search: Record<string, string>): Promise<DrawnSnapshot> {
  await page.goto(`/?${new URLSearchParams(search)}`);
  return drawn(page, (snapshot) => snapshot.agent !== null && snapshot.visible !== null);
}

/** What the chart says it draws, once that is what is waited for. */
export async function drawn(
  page: Page,
  wanted: (snapshot: DrawnSnapshot) => boolean = () => true,
): Promise<DrawnSnapshot> {
  let seen: DrawnSnapshot | undefined;
  await expect
    .poll(async () => {
      seen = await page.evaluate(() => window.__bellwether);
      return seen !== undefined && wanted(seen);
    })
    .toBe(true);
  if (seen === undefined) throw new Error('The chart says nothing.');
  return seen;
}

/** The gateway's own answer to the question that the page asks. */
export async function askSignals(
  request: APIRequestContext,
  symbol: string,
  query: Record<string, string> = {},
): Promise<Signals> {
  const answer = await request.get(`/api/signals/${symbol}?${new URLSearchParams(query)}`);
  expect(answer.status()).toBe(200);
  return answer.json();
}

/** Markers must be the fills of the API: as many, at the same candles, on the same side. */
export function expectMarkersToBeFills(snapshot: DrawnSnapshot, signals: Signals): void {
  expect(snapshot.markers.map(({ time, side }) => ({ time, side }))).toEqual(
    signals.fills.map(({ time, side }) => ({ time, side })),
  );
  for (const { side, shape, word } of snapshot.markers) {
    expect(shape).toBe(side === 'buy' ? 'arrowUp' : 'arrowDown');
    expect([null, side === 'buy' ? 'Buy' : 'Sell']).toContain(word);
  }
}
