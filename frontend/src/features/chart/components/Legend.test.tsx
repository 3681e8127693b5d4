import { series, signals } from '@test/fixtures';
import { show } from '@test/render';
import { cleanup, screen } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { expect, test } from 'vitest';
import { buildFrame } from '@/lib/frame';
import { Observable } from '@/lib/observable';
import { Legend } from './Legend';

const run = signals();
const frame = buildFrame(series(), run);

const NEWS = {
  columns: { count: [0, 3, 2, null, 1], score: [null, 0.42, null, null, -0.6] },
  agreement: [null, 'against the news', null, null, null],
};

function legendAt(index: number, news: ComponentProps<typeof Legend>['news'] = NEWS) {
  const model = { hovered: new Observable<number | null>(index) };
  show(
    <Legend
      model={model}
      frame={frame}
      fills={run.fills}
      cursor={null}
      intraday={false}
      outdated={false}
      news={news}
    />,
  );
  return screen.getByTestId('legend');
}

test('a candle with a fill says the fill beside the decision', () => {
  const legend = legendAt(1);
  expect(legend).toHaveTextContent('ActionHold');
  expect(legend).toHaveTextContent('FillBuy 9,990 @ 10.00');
});

test('a candle without a fill says none', () => {
  expect(legendAt(0)).not.toHaveTextContent('Fill');
});

test('no news, news without a score and candles not asked about are told apart', () => {
  expect(legendAt(0)).toHaveTextContent('Newsno news');
  cleanup();
  expect(legendAt(1)).toHaveTextContent('News+0.42 (3 headlines), against the news');
  cleanup();
  expect(legendAt(2)).toHaveTextContent('News2 headlines not scored');
  cleanup();
  expect(legendAt(3)).toHaveTextContent('News–');
});

test('without an answer about the news nothing is said of it', () => {
  expect(legendAt(0, { columns: null, agreement: [] })).not.toHaveTextContent('News');
});
