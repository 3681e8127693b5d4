import type { Signals } from '@/api/types';
import {
  formatMoney,
  formatPercent,
  formatRatio,
  formatSignedMoney,
  formatSignedPercent,
} from '@/lib/format';
import classes from './Headline.module.css';

/** What the starting cash became, beside what it would have become without an agent. */
export function Headline({ signals }: { signals: Signals }) {
  const { metrics, passport } = signals;
  const passive = signals.baselines.buy_and_hold.metrics;
  const ahead = metrics.final_net_worth - passive.final_net_worth;
  const figures: [string, string, string?][] = [
    ['Starting cash', formatMoney(passport.cash)],
    [
      'Agent',
      formatMoney(metrics.final_net_worth),
      formatSignedPercent(metrics.total_return_fraction),
    ],
    [
      'Buy and hold',
      formatMoney(passive.final_net_worth),
      formatSignedPercent(passive.total_return_fraction),
    ],
    [ahead < 0 ? 'Behind buy and hold' : 'Ahead of buy and hold', formatSignedMoney(ahead)],
    ['Sharpe', formatRatio(metrics.sharpe), `vs ${formatRatio(passive.sharpe)}`],
    [
      'Max drawdown',
      formatPercent(metrics.max_drawdown_fraction),
      `vs ${formatPercent(passive.max_drawdown_fraction)}`,
    ],
  ];
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
