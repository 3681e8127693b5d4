import type { Ablation } from '@/api/types';
import numbers from '@/components/Numbers.module.css';
import { Scroller } from '@/components/Scroller';
import { formatInteger, formatPercent, formatRatio, formatSignedPercent } from '@/lib/format';
import { ARM_NAMES, NEWS_VERDICTS, newsDifferences, newsRows } from '../calculate/news';
import { ForestFoot, ForestTable } from './ForestTable';
import classes from './NewsAblation.module.css';
import badge from './VerdictBadge.module.css';

/** Whether scored headlines make the agent better, against its controls. */
export function NewsAblation({ ablation }: { ablation: Ablation }) {
  const { verdict, sentence, differences, lag_candles, news, engine, engine_version } = ablation;
  const { sign, word } = NEWS_VERDICTS[verdict];
  const bootstrap = differences[0]?.difference;
  return (
    <>
      <p className={classes.verdict}>
        <strong className={badge.badge} data-verdict={verdict}>
          <span aria-hidden>{sign}</span> {word}
        </strong>{' '}
        {sentence}
      </p>
      <div className={classes.parts}>
        <div>
          <Arms ablation={ablation} />
          <p className={classes.note}>
            Shuffled and lagged news are controls: where scores of other headlines, or news that is{' '}
            {formatInteger(lag_candles)} candles old, do as well, a gain need not come from what the
            news says.
          </p>
        </div>
        <div>
          <ForestTable
            label="Differences in Sharpe ratio between the agents with and without news"
            head="With news less"
            differences={newsDifferences(ablation)}
          />
          {bootstrap !== undefined && <ForestFoot {...bootstrap} several={news.length > 1} />}
          <div className={classes.headlines}>
            <Headlines ablation={ablation} />
          </div>
          <p className={classes.note}>
            No news is not neutral news: the agent is told how many headlines there were, not their
            scores alone. Scored by {engine}, version {engine_version}.
          </p>
        </div>
      </div>
    </>
  );
}

function Arms({ ablation }: { ablation: Ablation }) {
  return (
    <table className={`${numbers.table} ${classes.arms}`} aria-label="Agents with and without news">
      <thead>
        <tr>
          <th scope="col">Agent</th>
          <th scope="col">Sharpe{ablation.arms.some(hasSpread) && ' ± std'}</th>
          <th scope="col">Return</th>
          <th scope="col">Trades</th>
        </tr>
      </thead>
      <tbody>
        {ablation.arms.map((arm) => (
          <tr key={arm.name}>
            <th scope="row">
              {ARM_NAMES[arm.name]} <span className={classes.given}>{arm.description}</span>
            </th>
            <td>
              {formatRatio(arm.sharpe_mean)}{' '}
              {hasSpread(arm) && (
                <span className={numbers.dim}>± {formatRatio(arm.sharpe_std)}</span>
              )}
            </td>
            <td>{formatSignedPercent(arm.total_return_fraction)}</td>
            <td>{formatInteger(arm.trades_mean)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const hasSpread = ({ sharpe_std }: Ablation['arms'][number]) => sharpe_std !== null;

function Headlines({ ablation }: { ablation: Ablation }) {
  return (
    <Scroller label="Headlines">
      <table className={numbers.table} aria-label="Headlines by symbol">
        <thead>
          <tr>
            <th scope="col">Headlines</th>
            <th scope="col">Training</th>
            <th scope="col">Test</th>
            <th scope="col">Test candles with news</th>
          </tr>
        </thead>
        <tbody>
          {newsRows(ablation).map((row) => (
            <tr key={row.symbol} data-total={row.symbol === null}>
              <th scope="row">{row.symbol ?? 'All symbols'}</th>
              <td>{formatInteger(row.train_headlines)}</td>
              <td>{formatInteger(row.test_headlines)}</td>
              <td>
                {formatInteger(row.candles_with_news)} of {formatInteger(row.candles)}{' '}
                <span className={numbers.dim}>({formatPercent(row.fraction)})</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
