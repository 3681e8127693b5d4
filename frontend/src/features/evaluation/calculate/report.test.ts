import { nothingUnseen, report, symbolReport } from '@test/evaluation';
import { expect, test } from 'vitest';
import type { EvaluationReport } from '@/api/types';
import { readBaselines, writeBaselines } from './baselines';
import { compareRuns } from './comparison';
import { findCurve, foldFan, joinHistory } from './curves';
import { formatInterval, headlineFigures } from './figures';
import { meanRow, readSort, symbolRows } from './rows';
import { statements } from './sureness';
import { testNumbers } from './testNumbers';

const figure = (of: EvaluationReport, name: RegExp) =>
  headlineFigures(of).find((one) => name.test(one.name));

test('the headline of a protocol is its distribution over seeds', () => {
  expect(figure(report(), /^Agent Sharpe, mean of 3 seeds$/)).toMatchObject({
    value: '0.52',
    beside: '95 % 0.32 to 0.72',
  });
  expect(figure(report(), /^Worst seed$/)).toMatchObject({
    value: '0.44',
    beside: '± 0.08 over seeds',
  });
  expect(figure(report(), /^Max drawdown/)).toMatchObject({ beside: 'mean over symbols' });
  expect(figure(report(), /^Difference/)).toMatchObject({
    value: '+0.05',
    beside: '95 % \u22120.45 to +0.55',
  });
  expect(figure(report(), /^Total return/)).toMatchObject({
    value: '+12.4\u00a0%',
    beside: 'vs +17.1\u00a0%',
  });
});

test('one agent has member networks, and one of them alone no worst', () => {
  expect(figure(symbolReport(), /^Mean of 3 member networks$/)).toMatchObject({
    value: '0.52',
    beside: '95 % 0.32 to 0.72',
  });
  expect(figure(symbolReport(), /^Worst member network$/)).toMatchObject({ value: '0.44' });
  expect(figure(symbolReport(), /^Max drawdown/)).toMatchObject({ beside: 'vs 0.0\u00a0%' });
  const { significance } = report();
  if (significance === null) throw new Error('The fixture has no significance.');
  const alone = symbolReport({
    significance: { ...significance, seeds: { ...significance.seeds, seeds: 1, interval: null } },
  });
  expect(figure(alone, /^(Worst|Mean)/)).toBeUndefined();
});

test('nothing unseen has no figures', () => {
  expect(headlineFigures(nothingUnseen())).toEqual([]);
  expect(testNumbers(nothingUnseen())).toBeNull();
  expect(formatInterval(null)).toBe('–');
});

test('the test in a headline has the drawdown of buying and holding', () => {
  const numbers = testNumbers(
    symbolReport({
      curves: report().curves.map((curve) => ({
        ...curve,
        buy_and_hold: [110_000, 88_000, 99_000, 117_100],
      })),
    }),
  );
  expect(numbers?.holding.max_drawdown_fraction).toBeCloseTo(-0.2);
  expect(numbers?.agent.max_drawdown_fraction).toBeCloseTo(-0.11);
});

test('one symbol alone shows its own curve, several their mean', () => {
  expect(findCurve(report(), undefined)?.symbol).toBeNull();
  expect(findCurve(symbolReport(), undefined)?.symbol).toBe('ACME');
  expect(findCurve(report(), 'ZULU')?.symbol).toBe('ZULU');
  expect(findCurve(report(), 'GONE')?.symbol).toBeNull();
  expect(findCurve(symbolReport(), 'mean')?.symbol).toBeNull();
  expect(findCurve(nothingUnseen(), undefined)).toBeUndefined();
});

test('one seed is a line, not a fan', () => {
  const [mean] = report().curves;
  if (mean === undefined) throw new Error('The fixture has no curve.');
  expect(foldFan(mean, 3)).toBe(mean);
  expect(foldFan(mean, 1)).toMatchObject({ agent: mean.median, median: null, low: null });
});

test('history comes before the test on one axis', () => {
  const curve = findCurve(report(), 'ACME');
  if (curve === undefined) throw new Error('The fixture has no such curve.');
  const { time, close, first } = joinHistory(curve);
  expect(close).toEqual([10, 11, 12, 9, 10, 11]);
  expect(time[first]).toBe(curve.time[0]);
  expect(time).toHaveLength(6);
});

test('rows say what the agent has beyond buy and hold', () => {
  const [acme] = symbolRows(report());
  expect(acme).toMatchObject({ symbol: 'ACME', agent: 0.52, buy_and_hold: 0.47, deviation: 0.08 });
  expect(acme?.difference).toBeCloseTo(0.05);
  expect(meanRow(report())).toMatchObject({ symbol: 'mean', agent: 0.52 });
  expect(meanRow(nothingUnseen())).toBeNull();
  expect([readSort('-agent'), readSort('symbol')]).toEqual([
    { id: 'agent', desc: true },
    { id: 'symbol', desc: false },
  ]);
});

test('baselines go to the address and come back; strange names are left out', () => {
  expect(readBaselines('random,buy_and_hold,no_such')).toEqual(['buy_and_hold', 'random']);
  expect(writeBaselines(['random', 'buy_and_hold'])).toBe('buy_and_hold,random');
  expect(readBaselines(writeBaselines([]))).toEqual([]);
});

test('looks, configurations and the record are said in words', () => {
  const texts = statements(report(), report().looks).map(({ text }) => text);
  expect(texts[0]).toBe('1 look at these dates, 3 in all');
  expect(texts[1]).toContain('24 configurations compared on validation');
  expect(texts[1]).toContain('0.20 apart');
  expect(texts[2]).toBe('0.70');
  expect(texts[4]).toContain('whose best would show 0.74');
  expect(texts[5]).toBe('503 candles of 1,121 needed: too short');
  const none = statements(
    { ...report(), configurations: { count: 0, sharpe_variance: null } },
    null,
  );
  expect(none[0]?.text).toBe('None was compared to come to this one');
});

test('two runs are the same by their hash alone, else what differs is named', () => {
  const first = symbolReport();
  expect(compareRuns(first, symbolReport({ looks: null })).same).toBe(true);
  const changed = (part: object) =>
    compareRuns(first, {
      ...first,
      passport: { ...first.passport, result_hash: 'c'.repeat(64), ...part },
    });
  expect(changed({ packages: { numpy: '3.0.0' } })).toMatchObject({
    same: false,
    sentence: expect.stringContaining('and with them the packages'),
  });
  expect(changed({}).sentence).toContain('though nothing in the passport has');
});
