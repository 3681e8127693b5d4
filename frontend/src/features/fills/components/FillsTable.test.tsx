import { DAY, START, signals } from '@test/fixtures';
import { show } from '@test/render';
import { screen, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { FillsTable } from './FillsTable';

const NO_NEWS: readonly string[] = [];
const rowsOf = () => screen.getAllByRole('row').slice(1);

test('newest fill first, told apart by sign and word', () => {
  show(
    <FillsTable
      fills={signals().fills}
      intraday={false}
      news={NO_NEWS}
      decimals={2}
      onPick={vi.fn()}
      emptyText="None"
    />,
  );
  const [newest, oldest] = rowsOf();
  expect(newest).toHaveTextContent('22020-01-04▼ Sell');
  expect(oldest).toHaveTextContent('▲ Buy');
  expect(within(newest as HTMLElement).getByText('+19,760')).toBeInTheDocument();
});

test('choosing a row asks for its candle', async () => {
  const onPick = vi.fn();
  const { user } = show(
    <FillsTable
      fills={signals().fills}
      intraday={false}
      news={NO_NEWS}
      decimals={2}
      onPick={onPick}
      emptyText="None"
    />,
  );
  await user.click(screen.getByRole('button', { name: '2020-01-02' }));
  expect(onPick).toHaveBeenCalledWith(START + DAY);
});

test('a column’s head sorts', async () => {
  const { user } = show(
    <FillsTable
      fills={signals().fills}
      intraday={false}
      news={NO_NEWS}
      decimals={2}
      onPick={vi.fn()}
      emptyText="None"
    />,
  );
  await user.click(screen.getByRole('button', { name: 'Price' }));
  expect(screen.getByRole('columnheader', { name: /Price/ })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
  expect(rowsOf()[0]).toHaveTextContent('12.00');
});

test('of thousands of fills only those in view are in the page', () => {
  const [buy] = signals().fills;
  if (buy === undefined) throw new Error('The fixture has a fill.');
  const many = Array.from({ length: 5000 }, (_, index) => ({ ...buy, time: START + index * DAY }));
  show(
    <FillsTable
      fills={many}
      intraday={false}
      news={NO_NEWS}
      decimals={2}
      onPick={vi.fn()}
      emptyText="None"
    />,
  );
  expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '5001');
  expect(rowsOf().length).toBeLessThan(60);
});

test('no fill says what to do', () => {
  show(
    <FillsTable
      fills={[]}
      intraday={false}
      news={NO_NEWS}
      decimals={2}
      onPick={vi.fn()}
      emptyText="Widen the dates."
    />,
  );
  expect(screen.getByText('Widen the dates.')).toBeInTheDocument();
});

test('prices have the decimals of their series', () => {
  const [fill] = signals().fills;
  if (fill === undefined) throw new Error('The fixture has a fill.');
  const cheap = [{ ...fill, price: 1.14253 }];
  show(
    <FillsTable
      fills={cheap}
      intraday={false}
      news={NO_NEWS}
      decimals={5}
      onPick={vi.fn()}
      emptyText="None"
    />,
  );
  expect(screen.getByRole('cell', { name: '1.14253' })).toBeInTheDocument();
});

test('a fill says how its decision stood to the news', () => {
  show(
    <FillsTable
      fills={signals().fills}
      intraday={false}
      news={['against the news', null]}
      decimals={2}
      onPick={vi.fn()}
      emptyText="None"
    />,
  );
  const [newest, oldest] = rowsOf();
  expect(newest).toHaveTextContent(/–$/);
  expect(oldest).toHaveTextContent(/against the news$/);
});
