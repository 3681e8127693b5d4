import {
  formatMoney,
  formatPercent,
  formatRatio,
  formatSignedMoney,
  formatSignedPercent,
} from '@/lib/format';
import classes from './Headline.module.css';

interface Outcome {
  final_net_worth: number;
  total_return_fraction: number;
  sharpe: number | null;
  max_drawdown_fraction: number;
}

/** What a run came to, and what buying and holding would have. */
export interface HeadlineNumbers {
  cash: number;
  agent: Outcome;
  holding: Outcome;
  /** Whether to say how far ahead or behind the agent is. */
  compared: boolean;
}

/** What the starting cash became, beside what it would have become without an agent. */
export function Headline({ cash, agent, holding, compared }: HeadlineNumbers) {
  const ahead = agent.final_net_worth - holding.final_net_worth;
  const figures: [string, string, string?][] = [
    ['Starting cash', formatMoney(cash)],
    ['Agent', formatMoney(agent.final_net_worth), formatSignedPercent(agent.total_return_fraction)],
    [
      'Buy and hold',
      formatMoney(holding.final_net_worth),
      formatSignedPercent(holding.total_return_fraction),
    ],
    ['Sharpe', formatRatio(agent.sharpe), `vs ${formatRatio(holding.sharpe)}`],
    [
      'Max drawdown',
      formatPercent(agent.max_drawdown_fraction),
      `vs ${formatPercent(holding.max_drawdown_fraction)}`,
    ],
  ];
  if (compared) {
    const name = ahead < 0 ? 'Behind buy and hold' : 'Ahead of buy and hold';
    figures.splice(3, 0, [name, formatSignedMoney(ahead)]);
  }
  return (
    <dl className={classes.headline} aria-label="Result">
      {figures.map(([name, value, beside]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            {beside !== undefined && <span>{beside}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
