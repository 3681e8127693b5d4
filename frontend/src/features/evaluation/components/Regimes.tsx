import type { RegimeResult } from '@/api/types';
import classes from '@/components/Numbers.module.css';
import { Scroller } from '@/components/Scroller';
import { Term } from '@/components/Term';
import { formatPercent, formatRatio, formatSignedPercent } from '@/lib/format';

const WORDS: Record<RegimeResult['kind'], { name: string; meaning: string }> = {
  bull: { name: 'Bull', meaning: 'Stretches in which the close rose, told in hindsight.' },
  bear: { name: 'Bear', meaning: 'Stretches in which the close fell, told in hindsight.' },
  sideways: { name: 'Sideways', meaning: 'What lies between bull and bear stretches.' },
};

/** Results by kind of market, which nobody knew at the time. */
export function Regimes({ regimes }: { regimes: readonly RegimeResult[] }) {
  return (
    <Scroller label="Regimes">
      <table className={classes.table} aria-label="Results by regime">
        <thead>
          <tr>
            <th scope="col">Regime</th>
            <th scope="col">Candles</th>
            <th scope="col">Agent</th>
            <th scope="col">Buy and hold</th>
            <th scope="col">Sharpe</th>
            <th scope="col">B&H Sharpe</th>
          </tr>
        </thead>
        <tbody>
          {regimes.map((regime) => (
            <tr key={regime.kind}>
              <th scope="row">
                <Term word={WORDS[regime.kind].name} definition={WORDS[regime.kind].meaning} />
              </th>
              <td className={classes.dim}>{formatPercent(regime.candles_fraction)}</td>
              <td>{formatSignedPercent(regime.total_return_fraction)}</td>
              <td>{formatSignedPercent(regime.buy_and_hold_total_return_fraction)}</td>
              <td>{formatRatio(regime.sharpe)}</td>
              <td>{formatRatio(regime.buy_and_hold_sharpe)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
