import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { describeWaiting, problemOf } from '@/api/problem';
import { ProblemNotice } from '@/components/ProblemNotice';
import { ABSENT, formatInteger } from '@/lib/format';
import { formatSpan } from '@/lib/time';
import { symbolsQuery } from '../api/symbols';
import { describeOutages, groupBySource } from '../calculate/groups';
import classes from './SymbolPicks.module.css';

const SHOWN = 8;

/** What can be opened at once, for a page that shows no symbol yet. */
export function SymbolPicks({ onPick }: { onPick: (symbol: string) => void }) {
  const query = useQuery(symbolsQuery(''));
  const { data, error, refetch } = query;
  if (error !== null) {
    return <ProblemNotice problem={problemOf(error)} onRetry={() => void refetch()} />;
  }
  if (data === undefined) {
    return (
      <p className={classes.waiting} role="status">
        {describeWaiting(query) ?? 'Asking which symbols there are…'}
      </p>
    );
  }
  return (
    <>
      {groupBySource(data.symbols).map((group) => (
        <section key={group.source} className={classes.group}>
          <h3>{group.name}</h3>
          <ul>
            {group.entries.slice(0, SHOWN).map((entry) => (
              <li key={entry.symbol}>
                <UnstyledButton className={classes.pick} onClick={() => onPick(entry.symbol)}>
                  <strong title={entry.symbol}>{entry.symbol}</strong>
                  <span>{entry.name}</span>
                  <span className={classes.number}>
                    {entry.candles === null
                      ? entry.interval
                      : `${formatInteger(entry.candles)} × ${entry.interval}`}
                  </span>
                  <span className={classes.number}>
                    {entry.start === null || entry.end === null
                      ? ABSENT
                      : formatSpan(entry.start, entry.end)}
                  </span>
                </UnstyledButton>
              </li>
            ))}
            {group.entries.length > SHOWN && (
              <li className={classes.more}>
                and {formatInteger(group.entries.length - SHOWN)} more — search for them with{' '}
                <kbd>/</kbd>
              </li>
            )}
          </ul>
        </section>
      ))}
      {describeOutages(data.sources).map((sentence) => (
        <p key={sentence} className={classes.outage}>
          {sentence}
        </p>
      ))}
    </>
  );
}
