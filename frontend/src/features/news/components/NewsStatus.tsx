import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import type { News } from '@/api/types';
import { Term } from '@/components/Term';
import { describeAge } from '@/lib/duration';
import classes from './NewsPanel.module.css';
import { SourceAnswers } from './SourceAnswers';

interface NewsStatusProps {
  news: News;
  /** When the answer came, and the time now, in epoch milliseconds. */
  received: number;
  now: number;
  /** Another window is being fetched. */
  fetching: boolean;
  children: ReactNode;
}

/** Who scored the headlines, how old they are, and who was asked for them. */
export function NewsStatus({ news, received, now, fetching, children }: NewsStatusProps) {
  const { engine, engine_reason, age_seconds, refreshing, sources } = news;
  const silent = sources.filter(({ available }) => !available).length;
  const age =
    age_seconds === null
      ? null
      : `updated ${describeAge(age_seconds + Math.max(now - received, 0) / 1000)}`;
  return (
    <div className={classes.status}>
      <p className={classes.scored}>
        {engine === null ? (
          <Tooltip label={engine_reason} disabled={!engine_reason} multiline maw={300}>
            <span>Not scored now{engine_reason ? `: ${engine_reason}` : ''}</span>
          </Tooltip>
        ) : (
          <span>
            Scored by{' '}
            <Term
              word={engine.name}
              definition={`${engine.name} ${engine.version}: ${engine.reason}`}
            />
          </span>
        )}
        <span role="status">
          {['', age, refreshing || fetching ? 'refreshing…' : null]
            .filter((part) => part !== null)
            .join(' · ')}
        </span>
      </p>
      {sources.length > 0 && news.items.length > 0 && (
        <details className={classes.sources}>
          <summary>
            {sources.length} {sources.length === 1 ? 'source' : 'sources'}
            {silent > 0 && `, ${silent} not answering`}
          </summary>
          <SourceAnswers sources={sources} now={now} />
          Times of publication are UTC.
        </details>
      )}
      {children}
    </div>
  );
}
