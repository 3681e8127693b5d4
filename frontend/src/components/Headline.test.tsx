import { show } from '@test/render';
import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Headline } from './Headline';

const outcome = (final_net_worth: number) => ({
  final_net_worth,
  total_return_fraction: final_net_worth / 100_000 - 1,
  sharpe: 0.5,
  max_drawdown_fraction: -0.1,
});

test('the headline says who is ahead', () => {
  show(<Headline cash={100_000} agent={outcome(119_700)} holding={outcome(100_000)} compared />);
  expect(screen.getByText('Ahead of buy and hold').nextSibling).toHaveTextContent('+19,700');
});

test('and who is behind', () => {
  show(<Headline cash={100_000} agent={outcome(90_000)} holding={outcome(100_000)} compared />);
  expect(screen.getByText('Behind buy and hold').nextSibling).toHaveTextContent('\u221210,000');
});

test('nothing is claimed where the two are not to be compared', () => {
  show(
    <Headline cash={100_000} agent={outcome(90_000)} holding={outcome(100_000)} compared={false} />,
  );
  expect(screen.queryByText(/of buy and hold|Behind/)).not.toBeInTheDocument();
  expect(screen.getByText('Buy and hold')).toBeInTheDocument();
});
