import { series, signals } from '@test/fixtures';
import { show } from '@test/render';
import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { buildFrame } from '@/lib/frame';
import { Observable } from '@/lib/observable';
import { Legend } from './Legend';

const run = signals();
const frame = buildFrame(series(), run);

function legendAt(index: number) {
  const model = { hovered: new Observable<number | null>(index) };
  show(
    <Legend
      model={model}
      frame={frame}
      fills={run.fills}
      cursor={null}
      intraday={false}
      outdated={false}
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
