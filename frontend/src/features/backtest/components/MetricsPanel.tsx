import type { Metrics } from '@/api/types';
import { Term } from '@/components/Term';
import { formatInteger } from '@/lib/format';
import { formatSpan } from '@/lib/time';
import { METRIC_GROUPS } from '../calculate/metrics';
import classes from './MetricsPanel.module.css';

interface MetricsPanelProps {
  agent: Metrics;
  benchmark: Metrics;
  /** First and last candle traded, epoch seconds. */
  span: { start: number; end: number };
}

/** The agent beside buy and hold, on the same candles, price basis and costs. */
export function MetricsPanel({ agent, benchmark, span }: MetricsPanelProps) {
  return (
    <table className={classes.table} aria-label="Metrics">
      <thead>
        <tr>
          <th scope="col">All candles traded</th>
          <th scope="col">Agent</th>
          <th scope="col">Buy and hold</th>
        </tr>
      </thead>
      {METRIC_GROUPS.map(({ title, lines }) => (
        <tbody key={title}>
          <tr>
            <th scope="colgroup" colSpan={3} className={classes.group}>
              {title}
            </th>
          </tr>
          {lines.map(({ name, word, definition, format }) => (
            <tr key={name} data-metric={name}>
              <th scope="row">
                <Term word={word} definition={definition} />
              </th>
              <td>{format(agent[name])}</td>
              <td>{format(benchmark[name])}</td>
            </tr>
          ))}
        </tbody>
      ))}
      <tfoot>
        <tr>
          <td colSpan={3}>
            {formatSpan(span.start, span.end)}, scaled to {formatInteger(agent.periods_per_year)}{' '}
            candles a year, as the series has them.
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
