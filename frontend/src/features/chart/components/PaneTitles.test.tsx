import { show } from '@test/render';
import { act, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Observable } from '@/lib/observable';
import { PaneTitles } from './PaneTitles';
import { SentimentTip } from './SentimentTip';

const paneTops = new Observable<readonly number[]>([0, 300, 360, 460]);

test('without a run the pane of sentiment alone is named, and why it is empty', () => {
  show(<PaneTitles model={{ paneTops }} hasRun={false} sentiment="asking…" />);
  expect(screen.getByText('News sentiment')).toBeInTheDocument();
  expect(screen.getByText('asking…')).toBeInTheDocument();
  expect(screen.queryByText('▲ Buy')).not.toBeInTheDocument();
});

test('titles stand at their panes, and wait until the panes are there', () => {
  show(<PaneTitles model={{ paneTops }} hasRun sentiment="" />);
  expect(screen.getByText('Net worth, agent').closest('p')).toHaveStyle({ top: '360px' });
  expect(screen.getByText('Drawdown, agent').closest('p')).toHaveStyle({ top: '460px' });
});

test('with the pane of sentiment hidden four panes are not laid out yet', () => {
  show(<PaneTitles model={{ paneTops }} hasRun sentiment={null} />);
  expect(screen.queryByText('Net worth, agent')).not.toBeInTheDocument();
});

test('a bar that is pointed at is described', () => {
  const pointedBar = new Observable<{ index: number; x: number } | null>(null);
  const model = { paneTops, pointedBar };
  show(<SentimentTip model={model} describe={(index) => `Bar ${index}`} />);
  expect(screen.queryByRole('tooltip')).not.toBeInTheDocument();
  act(() => pointedBar.set({ index: 7, x: 120 }));
  expect(screen.getByRole('tooltip')).toHaveTextContent('Bar 7');
});
