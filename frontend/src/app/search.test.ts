import { expect, test } from 'vitest';
import { DEFAULTS, parseSearch, stringifySearch, validateSearch } from './search';

const read = (address: string) => validateSearch(parseSearch(address));

test('an empty address gives the defaults', () => {
  expect(read('')).toEqual({
    ...DEFAULTS,
    symbol: undefined,
    agent: undefined,
    start: undefined,
    end: undefined,
    report: undefined,
    curve: undefined,
    stress_bps: undefined,
    as_of: undefined,
    news_label: undefined,
    news_source: undefined,
    theme: undefined,
  });
});

test('what is written is what is read', () => {
  const search = validateSearch({
    symbol: 'M&M',
    agent: 'test-alternating',
    range: '5Y',
    start: '2012-01-02',
    end: '2017-12-31',
    log: true,
    cash: 250_000,
    commission_bps: 2.5,
    slippage_bps: 5,
    fill: 'next_close',
    panel: 'news',
    sentiment: false,
    news_days: 90,
    as_of: '2017-12-31',
    news_label: 'negative',
    news_source: 'A & B',
    theme: 'light',
  });
  expect(read(stringifySearch(search))).toEqual(search);
});

test('defaults are left out of the address', () => {
  expect(stringifySearch(validateSearch({ symbol: 'NHPC' }))).toBe('?symbol=NHPC');
  expect(stringifySearch(validateSearch({}))).toBe('');
});

test('a symbol of digits stays text', () => {
  expect(read('?symbol=700').symbol).toBe('700');
});

test('what cannot be read falls back alone', () => {
  const search = read('?symbol=../etc&range=2Y&cash=-5&commission_bps=x&start=yesterday&log=1');
  expect(search).toMatchObject({
    symbol: undefined,
    range: '1Y',
    cash: 100_000,
    commission_bps: 10,
    start: undefined,
    log: true,
  });
});
