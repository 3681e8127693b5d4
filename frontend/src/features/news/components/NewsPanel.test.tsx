import { DAY, START } from '@test/fixtures';
import { news, newsItem, newsItems } from '@test/news';
import { show } from '@test/render';
import { refuse, server } from '@test/server';
import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import type { News } from '@/api/types';
import { NewsPanel, type NewsView } from './NewsPanel';

const VIEW: NewsView = { days: 15, as_of: undefined, label: undefined, source: undefined };

function Page({ view, onMark }: { view: Partial<NewsView>; onMark: (id: string) => void }) {
  const [now, setNow] = useState({ ...VIEW, ...view });
  const [marked, setMarked] = useState<string | null>(null);
  return (
    <NewsPanel
      symbol="ACME"
      intraday={false}
      view={now}
      onView={(part) => setNow({ ...now, ...part })}
      marked={marked}
      candleOf={(moment) => (moment <= START + 4 * DAY ? moment : null)}
      onMark={({ id }) => {
        setMarked(id);
        onMark(id);
      }}
    />
  );
}

/** The panel, and what the gateway was asked; the last answer is given again. */
function open(view: Partial<NewsView> = {}, ...answers: (News | Response)[]) {
  const asked: string[] = [];
  if (answers.length > 0) {
    server.use(
      http.get('*/api/news/:symbol', ({ request }) => {
        asked.push(new URL(request.url).search);
        const answer = answers[Math.min(asked.length, answers.length) - 1];
        return answer instanceof Response ? answer.clone() : HttpResponse.json(answer);
      }),
    );
  }
  const onMark = vi.fn();
  return { asked, onMark, ...show(<Page view={view} onMark={onMark} />) };
}

const rows = () => screen.findAllByRole('article');
const texts = async () => (await rows()).map((row) => row.textContent);

test('headlines stand under their days with label, sureness, author and time', async () => {
  open();
  const [newest, dated] = await rows();
  expect(newest).toHaveTextContent('Negative 80 %');
  expect(newest).toHaveTextContent('09:05');
  expect(newest).toHaveTextContent('Example Wire');
  expect(newest).toHaveTextContent('+2 similar');
  expect(dated).toHaveTextContent('Not scored yet');
  expect(dated).toHaveTextContent('date only');
  expect(screen.getByRole('heading', { name: /Sat 2020-01-04 2 headlines/ })).toBeInTheDocument();
  expect(screen.getByRole('heading', { name: /Thu 2020-01-02/ })).toBeInTheDocument();
  expect(screen.getByText(/updated 3 min ago/)).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'lite' })).toBeInTheDocument();
});

test('links open elsewhere and tell nothing of here; a headline without one has none', async () => {
  open();
  const [newest, dated] = (await rows()) as [HTMLElement, HTMLElement];
  const link = within(newest).getByRole('link');
  expect(link).toHaveAttribute('href', 'https://news.example/one');
  expect(link).toHaveAttribute('target', '_blank');
  expect(link).toHaveAttribute('rel', 'noopener noreferrer');
  expect(within(dated).queryByRole('link')).not.toBeInTheDocument();
});

test('all three probabilities are there on hover', async () => {
  const { user } = open();
  await rows();
  await user.hover(screen.getByText('Negative'));
  const tip = await screen.findByRole('tooltip');
  expect(tip).toHaveTextContent(/Positive5\.0.*Neutral15\.0.*Negative80\.0.*Scored by lite lite-1/);
});

test('simulated headlines are marked as such', async () => {
  open({}, news({ items: [newsItem({ provider: 'simulated', source: 'Simulated wire' })] }));
  expect(await screen.findByText('Simulated')).toBeInTheDocument();
});

test('a label and an author filter, and the filters can be cleared', async () => {
  const { user } = open();
  await rows();
  await user.click(screen.getByRole('button', { name: /Positive 1/ }));
  expect(await texts()).toEqual([expect.stringContaining('largest order')]);
  expect(screen.getByText(/1 of 4 listed/)).toBeInTheDocument();
  await user.click(screen.getByRole('combobox', { name: 'Source' }));
  await user.click(await screen.findByRole('option', { name: 'Example Post (1)' }));
  expect(screen.getByText('None of these headlines passes the filters.')).toBeInTheDocument();
  expect(screen.queryByText(/No news/)).not.toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Clear the filters' }));
  expect(await rows()).toHaveLength(4);
});

test('words in the headline filter', async () => {
  const { user } = open();
  await rows();
  await user.type(screen.getByRole('searchbox'), 'anvils');
  expect(await texts()).toEqual([expect.stringContaining('recalls its anvils')]);
});

test('no news says so, what each source answered, and offers a longer window', async () => {
  const { user, asked } = open({}, news({ items: [] }), news());
  expect(await screen.findByText(/from 2019-12-22 to 2020-01-06/)).toHaveTextContent(
    'not the same as neutral',
  );
  const sources = within(screen.getByRole('list', { name: 'Sources' }));
  expect(sources.getByText(/No key is set\./)).toBeInTheDocument();
  expect(sources.getByText(/answered/)).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Look back 90 days' }));
  expect(await rows()).toHaveLength(4);
  expect(asked).toEqual(['?days=15', '?days=90']);
});

test('while sources are being asked it is asked again, until they have answered', async () => {
  const { asked } = open({}, news({ items: [], refreshing: true }), news());
  expect(await screen.findByText(/The sources are being asked/)).toBeInTheDocument();
  expect(screen.getByText(/refreshing…/)).toBeInTheDocument();
  expect(await rows()).toHaveLength(4);
  expect(screen.queryByText(/refreshing…/)).not.toBeInTheDocument();
  expect(asked).toHaveLength(2);
});

test('a window that is too full says how much of it is here', async () => {
  open({}, news({ items: newsItems(), total: 7312, truncated: true }));
  expect(await screen.findByText(/The newest 4 of 7,312 are here/)).toBeInTheDocument();
});

test('without an engine the reason is said', async () => {
  open({}, news({ engine: null, engine_reason: 'The model service is away.' }));
  expect(
    await screen.findByText(/Not scored now: The model service is away\./),
  ).toBeInTheDocument();
});

test('a refusal is shown and can be asked again', async () => {
  const { user } = open({}, refuse(404, { detail: 'Nobody knows ACME.' }), news());
  expect(await screen.findByRole('alert')).toHaveTextContent('Nobody knows ACME.');
  await user.click(screen.getByRole('button', { name: 'Ask again' }));
  expect(await rows()).toHaveLength(4);
});

test('the window of the address is what the gateway is asked', async () => {
  const { asked } = open({ days: 90, as_of: '2017-12-31' }, news());
  await rows();
  expect(asked).toEqual(['?days=90&as_of=2017-12-31']);
  expect(screen.getByLabelText('Up to, as chosen')).toHaveValue('2017-12-31');
});

test('choosing a headline marks its candle, and says where there is none', async () => {
  const { user, onMark } = open();
  await user.click(await screen.findByRole('button', { name: 'ACME recalls its anvils' }));
  expect(onMark).toHaveBeenCalledWith('three');
  expect(screen.getByText(/Counts from the candle of 2020-01-04, marked/)).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'ACME to say more tomorrow' }));
  expect(
    screen.getByText('Counts from 2020-01-31, which is not among the candles of the chart.'),
  ).toBeInTheDocument();
});

test('one tab reaches the list, arrows move in it, Enter marks', async () => {
  const { user, onMark } = open();
  const first = await screen.findByRole('button', { name: 'ACME recalls its anvils' });
  expect(screen.getAllByRole('button', { name: /^ACME/ }).map(({ tabIndex }) => tabIndex)).toEqual([
    0, -1, -1, -1,
  ]);
  first.focus();
  await user.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
  expect(screen.getByRole('button', { name: 'ACME to say more tomorrow' })).toHaveFocus();
  await user.keyboard('{End}');
  await waitFor(() => expect(screen.getByRole('button', { name: /largest order/ })).toHaveFocus());
  await user.keyboard('{Enter}');
  expect(onMark).toHaveBeenCalledWith('one');
});

test('of thousands of headlines only those in view are in the page', async () => {
  const items = Array.from({ length: 5000 }, (_, index) => newsItem({ id: String(index) }));
  open({}, news({ items, total: 5000 }));
  expect((await rows()).length).toBeLessThan(40);
  expect(screen.getAllByRole('listitem').at(-1)).toHaveAttribute('aria-setsize', '5001');
});

test('a headline may run from right to left', async () => {
  const headline = 'החברה הודיעה על רווח';
  open({}, news({ items: [newsItem({ headline })] }));
  expect(await screen.findByRole('button', { name: headline })).toHaveAttribute('dir', 'auto');
});
