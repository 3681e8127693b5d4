import { show } from '@test/render';
import { refuse, server } from '@test/server';
import { screen } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { expect, test } from 'vitest';
import type { NewsUpload as Uploaded } from '@/api/types';
import { NewsUpload } from './NewsUpload';

const csv = () => new File(['date,headline\n2020-01-02,Up\n'], 'mine.csv');

const uploaded: Uploaded = {
  items: 12,
  added: 9,
  duplicates: 3,
  symbols: ['ACME', 'ZULU'],
  start: '2020-01-02T00:00:00Z',
  end: '2020-02-03T00:00:00Z',
  issues: [{ row: 4, kind: 'blank_headline', action: 'dropped', message: 'No text.', count: 1 }],
};

async function choose(...answers: (() => Response)[]) {
  const sent: Record<string, FormDataEntryValue>[] = [];
  server.use(
    http.post('*/api/news', async ({ request }) => {
      sent.push(Object.fromEntries(await request.formData()));
      return (answers[sent.length - 1] ?? answers[0])?.() ?? HttpResponse.error();
    }),
  );
  const { user } = show(<NewsUpload symbol="ACME" />);
  await user.click(screen.getByRole('button', { name: 'Add headlines…' }));
  await user.upload(await screen.findByLabelText('CSV file of headlines'), csv());
  return { user, sent };
}

test('what became of a file is shown, with what was odd about it', async () => {
  const { sent } = await choose(() => HttpResponse.json(uploaded, { status: 201 }));
  expect(
    await screen.findByText(/12 in the file, 9 of them new, 3 known already/),
  ).toBeInTheDocument();
  expect(screen.getByText('ACME, ZULU')).toBeInTheDocument();
  expect(screen.getByText('2020-01-02 – 2020-02-03')).toBeInTheDocument();
  expect(screen.getByRole('row', { name: /4 Blank headline.*dropped 1/ })).toBeInTheDocument();
  expect(sent[0]).toMatchObject({ symbol: 'ACME' });
});

test('a refusal shows row and field, and the file can be sent again for another symbol', async () => {
  const { user, sent } = await choose(
    () => refuse(422, { title: 'Unreadable', detail: 'No headline.', row: 7, field: 'headline' }),
    () => HttpResponse.json(uploaded, { status: 201 }),
  );
  expect(await screen.findByText('Row 7, field headline')).toBeInTheDocument();
  const symbol = screen.getByLabelText('Symbol of the rows that name none');
  await user.clear(symbol);
  await user.type(symbol, 'ZULU');
  await user.click(screen.getByRole('button', { name: 'Upload mine.csv' }));
  expect(await screen.findByText('ACME, ZULU')).toBeInTheDocument();
  expect(sent[1]).toMatchObject({ symbol: 'ZULU' });
});
