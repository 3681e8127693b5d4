import { DAY, START } from '@test/fixtures';
import { news, newsItem } from '@test/news';
import { show } from '@test/render';
import { server } from '@test/server';
import { screen } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { expect, test } from 'vitest';
import type { News } from '@/api/types';
import { CandleNews } from './CandleNews';

function open(count: number, score: number | null, loaded: News | undefined) {
  show(
    <CandleNews
      symbol="ACME"
      time={START + DAY}
      before={START}
      intraday={false}
      count={count}
      score={score}
      loaded={loaded}
    />,
  );
}

test('a bar lists five of its headlines and says how many more there are', () => {
  const items = Array.from({ length: 8 }, (_, index) =>
    newsItem({ id: String(index), headline: `Headline ${index}` }),
  );
  open(8, 0.842, news({ items }));
  expect(screen.getByText(/2020-01-02: 8 headlines, positive, mean \+0\.84/)).toBeInTheDocument();
  expect(screen.getAllByRole('listitem')).toHaveLength(5);
  expect(screen.getByText('and 3 more')).toBeInTheDocument();
});

test('headlines of a candle outside the panel’s window are fetched', async () => {
  const asked: string[] = [];
  server.use(
    http.get('*/api/news/:symbol', ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json(news());
    }),
  );
  open(2, 0.446, news({ items: [] }));
  expect(screen.getByText('Fetching them…')).toBeInTheDocument();
  expect(await screen.findByText('ACME wins its largest order yet')).toBeInTheDocument();
  expect(screen.getAllByRole('listitem')).toHaveLength(2);
  expect(asked).toEqual(['?days=7&as_of=2020-01-02']);
});

test('headlines without a score are not called neutral', () => {
  open(1, null, news({ items: [newsItem({ sentiment: null })] }));
  expect(screen.getByText(/1 headline, not scored yet/)).toBeInTheDocument();
  expect(screen.queryByText(/neutral/i)).not.toBeInTheDocument();
});
