import { Term } from '@/components/Term';
import { formatInteger, formatSignedRatio } from '@/lib/format';
import { formatInterval } from '../calculate/figures';
import { formatP, layOutForest, type NamedDifference } from '../calculate/paired';
import classes from './ForestTable.module.css';

interface ForestTableProps {
  label: string;
  /** What the first column is headed by: what is compared, ending in `less`. */
  head: string;
  differences: readonly NamedDifference[];
}

/** Differences in Sharpe ratio, their intervals on one strip, and where 0 lies. */
export function ForestTable({ label, head, differences }: ForestTableProps) {
  const { lines, zero } = layOutForest(differences);
  return (
    <table className={classes.table} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{head}</th>
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
        {lines.map(({ name, meaning, difference, interval, p, point, left, width, side }) => (
          <tr key={name}>
            <th scope="row">
              <Term word={name} definition={meaning} />
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
  );
}

interface ForestFootProps {
  draws: number;
  dates: number;
  block_length: number;
  /** Whether the differences are of several symbols. */
  several: boolean;
}

/** Where the intervals come from, and how they are read. */
export function ForestFoot({ draws, dates, block_length, several }: ForestFootProps) {
  return (
    <p className={classes.foot}>
      {formatInteger(draws)} draws of {formatInteger(dates)} dates in blocks of {block_length}
      {several && ', all symbols together'}. An interval that spans 0 is no proof of a difference.
    </p>
  );
}
