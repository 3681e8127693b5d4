import { DAY, START } from '@test/fixtures';
import { show } from '@test/render';
import { refuse, server } from '@test/server';
import { fireEvent, screen } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import type { Dataset, Issue } from '@/api/types';
import { Upload } from './Upload';

const csv = (name = 'ACME_daily.csv') => new File(['Date,close\n2020-01-01,1\n'], name);

function dataset(issues: Issue[] = []): Dataset {
  return {
    symbol: 'ACME',
    candles: 1234,
    start: START,
    end: START + 4 * DAY,
    price_basis: 'mixed',
    data_hash: 'a'.repeat(64),
    issues,
  };
}

function Page({ onUploaded }: { onUploaded: (symbol: string) => void }) {
  const [opened, setOpened] = useState(false);
  return <Upload opened={opened} onOpened={setOpened} onUploaded={onUploaded} />;
}

/** What the gateway was sent, answered in turn. */
function receive(...answers: (() => Response)[]) {
  const sent: Record<string, FormDataEntryValue>[] = [];
  server.use(
    http.post('*/api/datasets', async ({ request }) => {
      sent.push(Object.fromEntries(await request.formData()));
      return (answers[sent.length - 1] ?? answers[0])?.() ?? HttpResponse.error();
    }),
  );
  return sent;
}

async function choose(file: File) {
  const onUploaded = vi.fn();
  const { user } = show(<Page onUploaded={onUploaded} />);
  await user.click(screen.getByRole('button', { name: 'Upload CSV' }));
  await user.upload(screen.getByLabelText('CSV file'), file);
  return { user, onUploaded };
}

test('a file’s candles, dates, basis and issues are shown', async () => {
  const sent = receive(() =>
    HttpResponse.json(
      dataset([
        { row: 419, kind: 'duplicate_time', action: 'dropped', message: 'Again below.', count: 3 },
      ]),
      { status: 201 },
    ),
  );
  const { onUploaded } = await choose(csv());
  expect(await screen.findByText('1,234')).toBeInTheDocument();
  expect(screen.getByText('2020-01-01 – 2020-01-05')).toBeInTheDocument();
  expect(screen.getByText(/mixed: closes adjusted/)).toBeInTheDocument();
  expect(screen.getByRole('row', { name: /419 Duplicate time.*dropped 3/ })).toBeInTheDocument();
  expect(onUploaded).toHaveBeenCalledWith('ACME');
  expect(Object.keys(sent[0] ?? {})).toEqual(['file']);
});

test('a refusal shows row and field, and the file can be sent again', async () => {
  receive(() =>
    refuse(422, { title: 'Unreadable', detail: 'No closing prices.', row: 17, field: 'close' }),
  );
  await choose(csv());
  expect(await screen.findByText('Row 17, field close')).toBeInTheDocument();
  expect(screen.getByText('No closing prices.')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Upload ACME_daily.csv' })).toBeEnabled();
});

test('of several price columns one can be chosen', async () => {
  const sent = receive(
    () =>
      refuse(422, {
        detail: 'Name one as `column`.',
        field: 'column',
        choices: ['AAPL', 'MSFT'],
        row: 1,
      }),
    () => HttpResponse.json(dataset(), { status: 201 }),
  );
  const { user } = await choose(csv());
  expect(await screen.findByText('Choose one below and upload again.')).toBeInTheDocument();
  await user.click(screen.getByRole('combobox', { name: 'Price column' }));
  await user.click(await screen.findByRole('option', { name: 'MSFT' }));
  await user.type(screen.getByLabelText('Symbol'), 'MINE');
  await user.click(screen.getByRole('button', { name: 'Upload ACME_daily.csv' }));
  expect(await screen.findByText('1,234')).toBeInTheDocument();
  expect(sent[1]).toMatchObject({ column: 'MSFT', symbol: 'MINE' });
});

test('a missed split is repaired on request', async () => {
  const sent = receive(() =>
    HttpResponse.json(
      dataset([{ row: 5, kind: 'suspected_split', action: 'kept', message: '2:1', count: 1 }]),
      { status: 201 },
    ),
  );
  const { user } = await choose(csv());
  await user.click(await screen.findByRole('button', { name: 'Upload again and repair' }));
  expect(await screen.findByText('1,234')).toBeInTheDocument();
  expect(sent[1]).toMatchObject({ repair: 'true' });
});

test('a file dropped on the page is uploaded without a click', async () => {
  receive(() => HttpResponse.json(dataset(), { status: 201 }));
  show(<Page onUploaded={vi.fn()} />);
  const dataTransfer = { types: ['Files'], files: [csv()] };
  fireEvent.dragOver(document.body, { dataTransfer });
  expect(screen.getByText('Drop a CSV of candles to upload it')).toBeInTheDocument();
  fireEvent.drop(document.body, { dataTransfer });
  expect(await screen.findByText('1,234')).toBeInTheDocument();
});
