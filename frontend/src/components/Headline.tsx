import {
  formatMoney,
  formatPercent,
  formatRatio,
  formatSignedMoney,
  formatSignedPercent,
} from '@/lib/format';
import { FigureList } from './FigureList';

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
  const figures = [
    { name: 'Starting cash', value: formatMoney(cash) },
    {
      name: 'Agent',
      value: formatMoney(agent.final_net_worth),
      beside: formatSignedPercent(agent.total_return_fraction),
    },
    {
      name: 'Buy and hold',
      value: formatMoney(holding.final_net_worth),
      beside: formatSignedPercent(holding.total_return_fraction),
    },
    {
      name: 'Sharpe',
      value: formatRatio(agent.sharpe),
      beside: `vs ${formatRatio(holding.sharpe)}`,
    },
    {
      name: 'Max drawdown',
      value: formatPercent(agent.max_drawdown_fraction),
      beside: `vs ${formatPercent(holding.max_drawdown_fraction)}`,
    },
  ];
  if (compared) {
    const name = ahead < 0 ? 'Behind buy and hold' : 'Ahead of buy and hold';
    figures.splice(3, 0, { name, value: formatSignedMoney(ahead) });
  }
  return <FigureList label="Result" figures={figures} />;
}
