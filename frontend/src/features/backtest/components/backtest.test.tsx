import { metrics, signals } from '@test/fixtures';
import { show } from '@test/render';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { AgentCard } from './AgentCard';
import { Assumptions } from './Assumptions';
import { EvidenceBadge } from './EvidenceBadge';
import { MetricsPanel } from './MetricsPanel';

const values = {
  cash: 100_000,
  commission_bps: 10,
  slippage_bps: 0,
  fill: 'next_open' as const,
  start: undefined,
  end: undefined,
};
const form = {
  values,
  defaults: { cash: 100_000, commission_bps: 10, slippage_bps: 0, fill: 'next_open' as const },
  span: { start: '2010-01-04', end: '2020-12-31' },
  overruled: null,
};

test('metrics stand beside buy and hold; what does not exist is a dash', () => {
  const { passport } = signals();
  show(
    <MetricsPanel
      agent={metrics({ sortino: null })}
      benchmark={metrics({ sharpe: 0.4 })}
      span={passport}
    />,
  );
  expect(screen.getByText(/2020-01-01 – 2020-01-05, scaled to 252/)).toBeInTheDocument();
  const cells = (name: RegExp) =>
    within(screen.getByRole('row', { name }))
      .getAllByRole('cell')
      .map((cell) => cell.textContent);
  expect(cells(/^Sharpe/)).toEqual(['0.71', '0.40']);
  expect(cells(/^Sortino/)[0]).toBe('–');
  expect(cells(/^Max drawdown/)[0]).toBe('\u221215.0\u00a0%');
});

test('a metric’s definition is there on focus', async () => {
  show(<MetricsPanel agent={metrics()} benchmark={metrics()} span={signals().passport} />);
  fireEvent.focus(screen.getByRole('button', { name: 'Calmar' }));
  expect(await screen.findByText(/Annual return over the size/)).toBeInTheDocument();
});

test('a typed commission is sent once, when the typing rests', async () => {
  const onChange = vi.fn();
  const { user } = show(<Assumptions {...form} state="done" onChange={onChange} />);
  await user.clear(screen.getByLabelText('Commission, bps'));
  await user.type(screen.getByLabelText('Commission, bps'), '25');
  await waitFor(() => expect(onChange).toHaveBeenCalledWith({ commission_bps: 25 }));
  expect(onChange).toHaveBeenCalledTimes(1);
});

test('the fill rule changes at once, and reset brings all back', async () => {
  const onChange = vi.fn();
  const { user } = show(<Assumptions {...form} state="done" onChange={onChange} />);
  expect(screen.getByText('Re-priced, not retrained')).toBeInTheDocument();
  await user.click(screen.getByRole('radio', { name: 'Close' }));
  expect(onChange).toHaveBeenLastCalledWith({ fill: 'next_close' });
  await user.click(screen.getByRole('button', { name: 'Reset' }));
  expect(onChange).toHaveBeenLastCalledWith(values);
});

test('the agent’s card names its training span, looks, and a fill rule that was overruled', async () => {
  const run = signals({ fill_used: 'next_close' });
  show(<AgentCard signals={run} looks={run.looks} />);
  expect(await screen.findByText('Bellwether default')).toBeInTheDocument();
  expect(screen.getByText('2010-01-03 – 2017-04-06, 2 symbols')).toBeInTheDocument();
  expect(screen.getByText('2 at these dates, 7 in all')).toBeInTheDocument();
  expect(screen.getByText('next close, though next open was asked for')).toBeInTheDocument();
});

test('a failed run is not called re-priced', () => {
  show(<Assumptions {...form} state="failed" onChange={vi.fn()} />);
  expect(screen.getByText('Not re-priced')).toBeInTheDocument();
  expect(screen.queryByText('Re-priced, not retrained')).not.toBeInTheDocument();
});

test('a result on known candles is called no test, and says why on focus', async () => {
  const segments = signals().segments.filter(({ kind }) => kind !== 'test');
  show(<EvidenceBadge segments={segments} onTestOnly={vi.fn()} />);
  fireEvent.focus(screen.getByRole('button', { name: 'Known candles: no test' }));
  expect(await screen.findByText(/do not show what it does/)).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Test only' })).not.toBeInTheDocument();
});

test('a result that is partly a test can be cut to it', async () => {
  const onTestOnly = vi.fn();
  const { user } = show(<EvidenceBadge segments={signals().segments} onTestOnly={onTestOnly} />);
  expect(screen.getByRole('button', { name: 'Partly test' })).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Test only' }));
  expect(onTestOnly).toHaveBeenCalledWith('2020-01-03');
});

test('a test needs no badge', () => {
  const segments = signals().segments.filter(({ kind }) => kind === 'test');
  show(<EvidenceBadge segments={segments} onTestOnly={vi.fn()} />);
  expect(screen.queryByRole('button')).not.toBeInTheDocument();
});

test('a fill rule that was overruled shows the one in force, and why', () => {
  show(<Assumptions {...form} state="done" overruled="next_close" onChange={vi.fn()} />);
  expect(screen.getByRole('radio', { name: 'Close' })).toBeChecked();
  expect(screen.getByText('Next close is used: opens do not fit these closes')).toBeInTheDocument();
});
