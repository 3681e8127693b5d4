import type { Attribution as Shares } from '@/api/types';
import { formatMoney, formatPercent, formatSignedMoney } from '@/lib/format';
import { formatSpan } from '@/lib/time';
import classes from './Attribution.module.css';
import numbers from './Numbers.module.css';
import { Scroller } from './Scroller';

interface AttributionProps {
  attribution: Shares;
  /** Whether trades are told apart by symbol and seed. */
  several: boolean;
}

/** What the profit rests on: the time long, flat and short, and the largest trades. */
export function Attribution({ attribution, several }: AttributionProps) {
  const { long_fraction, flat_fraction, short_fraction, profit, best } = attribution;
  const parts = [
    ['long', 'Long', long_fraction],
    ['flat', 'Flat', flat_fraction],
    ['short', 'Short', short_fraction],
  ] as const;
  return (
    <>
      <div aria-hidden className={classes.bar}>
        {parts.map(([kind, , fraction]) => (
          <span key={kind} data-kind={kind} style={{ flexGrow: fraction }} />
        ))}
      </div>
      <dl className={classes.parts}>
        {parts.map(([kind, name, fraction]) => (
          <div key={kind}>
            <dt>
              <span aria-hidden data-kind={kind} /> {name}
            </dt>
            <dd>{formatPercent(fraction)}</dd>
          </div>
        ))}
      </dl>
      <p className={classes.words}>
        Profit {formatSignedMoney(profit)}
        {several ? ' over all symbols and seeds' : ''};{' '}
        {best.length === 0
          ? 'no round trip was made.'
          : `without the best ${best.length === 1 ? 'trade' : `${best.length} trades`} ${formatSignedMoney(attribution.profit_without_best)}.`}
      </p>
      {best.length > 0 && (
        <Scroller label="Trades">
          <table className={numbers.table} aria-label="Largest trades">
            <thead>
              <tr>
                {several && <th scope="col">Symbol</th>}
                {several && <th scope="col">Seed</th>}
                <th scope="col" className={numbers.text}>
                  Side
                </th>
                <th scope="col" className={numbers.text}>
                  Dates
                </th>
                <th scope="col">Profit</th>
                <th scope="col">Share</th>
              </tr>
            </thead>
            <tbody>
              {best.map((trade) => (
                <tr key={`${trade.symbol} ${trade.seed} ${trade.start}`}>
                  {several && (
                    <td className={classes.symbol} title={trade.symbol}>
                      {trade.symbol}
                    </td>
                  )}
                  {several && <td>{trade.seed}</td>}
                  <td className={numbers.text}>{trade.side === 'long' ? 'Long' : 'Short'}</td>
                  <td className={numbers.text}>{formatSpan(trade.start, trade.end)}</td>
                  <td>{formatMoney(trade.profit)}</td>
                  <td className={numbers.dim}>{formatPercent(trade.profit_fraction)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </>
  );
}
