import { symbols } from '@test/fixtures';
import { show } from '@test/render';
import { refuse, server } from '@test/server';
import { screen } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { expect, test, vi } from 'vitest';
import { SymbolPicks } from './SymbolPicks';
import { SymbolSearch } from './SymbolSearch';

test('/ focuses the search, which groups by source and says what is missing', async () => {
  const { user } = show(<SymbolSearch symbol={undefined} onPick={vi.fn()} />);
  await user.keyboard('/');
  expect(screen.getByRole('combobox', { name: 'Symbol' })).toHaveFocus();
  expect(await screen.findByRole('option', { name: /SIM-CALM/ })).toBeInTheDocument();
  expect(screen.getByText('Simulated, no real market')).toBeInTheDocument();
  expect(screen.getByText('Yahoo Finance cannot be reached: no network.')).toBeInTheDocument();
});

test('Enter picks what fits the typed text', async () => {
  const onPick = vi.fn();
  const { user } = show(<SymbolSearch symbol="ACME" onPick={onPick} />);
  await user.click(screen.getByRole('combobox', { name: 'Symbol' }));
  await screen.findByRole('option', { name: /ACME/ });
  await user.keyboard('calm');
  await screen.findByRole('option', { name: /SIM-CALM/ });
  await user.keyboard('{Enter}');
  expect(onPick).toHaveBeenCalledWith('SIM-CALM');
});

test('a text that nothing fits says what to do', async () => {
  const { user } = show(<SymbolSearch symbol={undefined} onPick={vi.fn()} />);
  await user.click(screen.getByRole('combobox', { name: 'Symbol' }));
  await user.keyboard('zzz');
  expect(await screen.findByText(/No source knows “zzz”. Drop a CSV/)).toBeInTheDocument();
});

test('the empty page lists what can be opened', async () => {
  const onPick = vi.fn();
  const { user } = show(<SymbolPicks onPick={onPick} />);
  await user.click(await screen.findByRole('button', { name: /ACME/ }));
  expect(onPick).toHaveBeenCalledWith('ACME');
});

test('no list can be asked for again', async () => {
  server.use(
    http.get('*/api/symbols', () => refuse(503, { detail: 'Not ready.' }), { once: true }),
  );
  const { user } = show(<SymbolPicks onPick={vi.fn()} />);
  expect(await screen.findByText('Not ready.')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('button', { name: /ACME/ })).toBeInTheDocument();
});

test('the empty page says how many more there are than it lists', async () => {
  const [, upload] = symbols().symbols;
  if (upload === undefined) throw new Error('The fixture has an upload.');
  const many = Array.from({ length: 11 }, (_, index) => ({ ...upload, symbol: `UP-${index}` }));
  server.use(http.get('*/api/symbols', () => HttpResponse.json(symbols({ symbols: many }))));
  show(<SymbolPicks onPick={vi.fn()} />);
  expect(await screen.findByText(/and 3 more — search/)).toBeInTheDocument();
  expect(screen.getAllByRole('button')).toHaveLength(8);
});
