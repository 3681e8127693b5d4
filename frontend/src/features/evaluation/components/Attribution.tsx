import type { Attribution as Shares } from '@/api/types';
import numbers from '@/components/Numbers.module.css';
import { Scroller } from '@/components/Scroller';
import { formatMoney, formatPercent, formatSignedMoney } from '@/lib/format';
import { formatSpan } from '@/lib/time';
import { groupHoldings } from '../calculate/holdings';
import classes from './Attribution.module.css';

interface AttributionProps {
  attribution: Shares;
  /** How many symbols and seeds are pooled; the networks of one agent decide as one seed. */
  symbols: number;
  seeds: number;
}

/** What the profit rests on: the time long, flat and short, and the best holdings. */
export function Attribution({ attribution, symbols, seeds }: AttributionProps) {
  const { long_fraction, flat_fraction, short_fraction, profit, best } = attribution;
  const parts = [
    ['long', 'Long', long_fraction],
    ['flat', 'Flat', flat_fraction],
    ['short', 'Short', short_fraction],
  ] as const;
  const pooled = [symbols > 1 ? 'symbols' : null, seeds > 1 ? 'seeds' : null]
    .filter((word) => word !== null)
    .join(' and ');
  const holdings = groupHoldings(best);
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
        {pooled === '' ? '' : ` over all ${pooled}`}
        {best.length === 0
          ? '; nothing was held.'
          : best.length === 1
            ? ', from one holding.'
            : `; without the best ${best.length} holdings ${formatSignedMoney(attribution.profit_without_best)}.`}{' '}
        {best.length > 0 && 'A holding lasts from flat to flat, or is still open.'}
      </p>
      {best.length > 0 && (
        <Scroller label="Holdings">
          <table className={numbers.table} aria-label="Best holdings">
            <thead>
              <tr>
                {pooled !== '' && <th scope="col">Symbol</th>}
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
              {holdings.map((holding) => (
                <tr key={`${holding.symbol} ${holding.side} ${holding.start} ${holding.end}`}>
                  {pooled !== '' && (
                    <td className={classes.symbol} title={holding.symbol}>
                      {holding.symbol}
                      {seeds > 1 && `, ${holding.seeds} ${holding.seeds === 1 ? 'seed' : 'seeds'}`}
                    </td>
                  )}
                  <td className={numbers.text}>{holding.side === 'long' ? 'Long' : 'Short'}</td>
                  <td className={numbers.text}>{formatSpan(holding.start, holding.end)}</td>
                  <td>{formatMoney(holding.profit)}</td>
                  <td className={numbers.dim}>{formatPercent(holding.profit_fraction)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </>
  );
}
