import { ablation } from '@test/evaluation';
import { show } from '@test/render';
import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { NewsAblation } from './NewsAblation';

const cellsOf = (table: string, row: RegExp) =>
  within(within(screen.getByRole('table', { name: table })).getByRole('row', { name: row }))
    .getAllByRole('cell')
    .map((cell) => cell.textContent?.trim());

test('the verdict comes with its sentence, its arms, and how much news there was', () => {
  show(<NewsAblation ablation={ablation()} />);
  expect(screen.getByText('Helps')).toBeInTheDocument();
  expect(screen.getByText(/with it the Sharpe ratio was 0\.80 higher/)).toBeInTheDocument();
  expect(cellsOf('Agents with and without news', /^Without news Candles alone\./)).toEqual([
    '\u22120.20 ± 0.08',
    '\u22125.0\u00a0%',
    '41',
  ]);
  expect(
    cellsOf('Differences in Sharpe ratio between the agents with and without news', /^Lagged/),
  ).toEqual(['', '\u22120.10', '\u22120.60 to +0.40', '0.70']);
  expect(cellsOf('Headlines by symbol', /^ACME/)).toEqual([
    '1,200',
    '300',
    '100 of 500 (20.0\u00a0%)',
  ]);
  expect(cellsOf('Headlines by symbol', /^All symbols/)).toEqual([
    '1,230',
    '600',
    '100 of 1,000 (10.0\u00a0%)',
  ]);
  expect(screen.getByText(/news that is 5 candles old/)).toBeInTheDocument();
  expect(screen.getByText(/Scored by lite, version lite-1\./)).toBeInTheDocument();
});

test.each([
  ['indistinguishable', 'Indistinguishable'],
  ['hurts', 'Hurts'],
] as const)('news that %s is said to', (verdict, word) => {
  show(<NewsAblation ablation={ablation({ verdict })} />);
  expect(screen.getByText(word)).toBeInTheDocument();
});

test('a single seed has no spread', () => {
  const one = ablation();
  show(
    <NewsAblation
      ablation={{ ...one, arms: one.arms.map((arm) => ({ ...arm, sharpe_std: null })) }}
    />,
  );
  expect(screen.getByRole('columnheader', { name: 'Sharpe' })).toBeInTheDocument();
  expect(cellsOf('Agents with and without news', /^With news/)[0]).toBe('0.60');
});
