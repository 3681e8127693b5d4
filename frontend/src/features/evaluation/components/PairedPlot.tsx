import type { PairedDifferences } from '@/api/types';
import { Term } from '@/components/Term';
import { formatInteger, formatSignedRatio } from '@/lib/format';
import { BASELINE_WORDS } from '../calculate/baselines';
import { formatInterval } from '../calculate/figures';
import { formatP, layOutForest } from '../calculate/paired';
import classes from './PairedPlot.module.css';

interface PairedPlotProps {
  paired: PairedDifferences;
  /** Whether the differences are of several symbols. */
  several: boolean;
}

/** The agent against each baseline: difference in Sharpe ratio, its interval, and where 0 lies. */
export function PairedPlot({ paired, several }: PairedPlotProps) {
  const { lines, zero } = layOutForest(paired);
  const { draws, dates, block_length } = paired.buy_and_hold;
  return (
    <>
      <table className={classes.table} aria-label="Differences in Sharpe ratio">
        <thead>
          <tr>
            <th scope="col">Agent less</th>
            <th scope="col" className={classes.strip}>
              <span className={classes.worse}>worse</span>
              <span className={classes.zeroWord} style={{ left: `${zero}%` }}>
                0
              </span>
              <span className={classes.better}>better</span>
            </th>
            <th scope="col">Difference</th>
            <th scope="col">95 % interval</th>
            <th scope="col">
              <Term
                word="p"
                definition="How often luck alone would show a difference as large, were there none. Below 0.05 the interval leaves 0 out."
              />
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ baseline, difference, interval, p, point, left, width, side }) => (
            <tr key={baseline} data-baseline={baseline}>
              <th scope="row">
                <Term
                  word={BASELINE_WORDS[baseline].name}
                  definition={BASELINE_WORDS[baseline].meaning}
                />
              </th>
              <td className={classes.strip}>
                <span aria-hidden className={classes.zero} style={{ left: `${zero}%` }} />
                <span
                  aria-hidden
                  className={classes.interval}
                  data-side={side ?? 'spans'}
                  style={{ left: `${left}%`, width: `${width}%` }}
                />
                <span
                  aria-hidden
                  className={classes.point}
                  data-side={side ?? 'spans'}
                  style={{ left: `${point}%` }}
                />
              </td>
              <td>{formatSignedRatio(difference)}</td>
              <td>{formatInterval(interval, formatSignedRatio)}</td>
              <td>{formatP(p)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.foot}>
        {formatInteger(draws)} draws of {formatInteger(dates)} dates in blocks of {block_length}
        {several && ', all symbols together'}. An interval that spans 0 is no proof of a difference.
      </p>
    </>
  );
}
