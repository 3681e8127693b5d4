import type { Metrics } from '@/api/types';
import {
  formatInteger,
  formatMoney,
  formatPercent,
  formatRatio,
  formatSignedPercent,
} from '@/lib/format';

type Name = Exclude<keyof Metrics, 'periods_per_year'>;

export interface MetricLine {
  name: Name;
  word: string;
  definition: string;
  format: (value: number | null) => string;
}

const line = (
  name: Name,
  word: string,
  format: (value: number | null) => string,
  definition: string,
): MetricLine => ({ name, word, definition, format });

/** Every metric of a run, in the order of reading, with what it means. */
export const METRIC_GROUPS: readonly { title: string; lines: readonly MetricLine[] }[] = [
  {
    title: 'Return',
    lines: [
      line(
        'final_net_worth',
        'Final net worth',
        formatMoney,
        'Cash plus shares held, at the close of the last candle traded.',
      ),
      line(
        'total_return_fraction',
        'Total return',
        formatSignedPercent,
        'Final net worth over starting cash, less one; costs are paid.',
      ),
      line(
        'annual_return_fraction',
        'Annual return',
        formatSignedPercent,
        'The steady yearly growth that gives the same total return.',
      ),
    ],
  },
  {
    title: 'Risk',
    lines: [
      line(
        'annual_volatility_fraction',
        'Volatility',
        formatPercent,
        'Standard deviation of the returns per candle, scaled to a year.',
      ),
      line(
        'sharpe',
        'Sharpe',
        formatRatio,
        'Mean return per candle over its standard deviation, scaled to a year; no risk-free rate is taken off.',
      ),
      line(
        'sortino',
        'Sortino',
        formatRatio,
        'Like Sharpe, with the deviation of the losing candles alone below the line.',
      ),
      line('calmar', 'Calmar', formatRatio, 'Annual return over the size of the maximum drawdown.'),
      line(
        'max_drawdown_fraction',
        'Max drawdown',
        formatPercent,
        'The deepest fall of net worth from an earlier peak.',
      ),
      line(
        'max_drawdown_candles',
        'Longest drawdown',
        formatInteger,
        'The longest stretch below an earlier peak, in candles.',
      ),
    ],
  },
  {
    title: 'Trading',
    lines: [
      line('trades', 'Trades', formatInteger, 'Fills: each buy and each sell counts as one.'),
      line(
        'win_rate_fraction',
        'Win rate',
        formatPercent,
        'Share of the closed round trips that made money after costs.',
      ),
      line(
        'profit_factor',
        'Profit factor',
        formatRatio,
        'Money made by the winning round trips over money lost by the others.',
      ),
      line(
        'time_in_market_fraction',
        'Time in market',
        formatPercent,
        'Share of the candles at whose close shares were held.',
      ),
      line(
        'turnover_per_year',
        'Turnover a year',
        formatRatio,
        'Value traded in a year over mean net worth; 2 is one full buy and one full sell.',
      ),
      line('commission_paid', 'Commission', formatMoney, 'Commission paid on all fills.'),
      line(
        'slippage_paid',
        'Slippage',
        formatMoney,
        'Money lost because fills are worse than the candle’s price.',
      ),
      line('costs_paid', 'Costs', formatMoney, 'Commission and slippage together.'),
    ],
  },
];
