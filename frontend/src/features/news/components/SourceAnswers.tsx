import type { NewsSource } from '@/api/types';
import { describeSource } from '../calculate/words';
import classes from './NewsPanel.module.css';

/** What each source answered when it was asked last. */
export function SourceAnswers({ sources, now }: { sources: readonly NewsSource[]; now: number }) {
  return (
    <ul className={classes.answers} aria-label="Sources">
      {sources.map((source) => (
        <li key={`${source.provider} ${source.name}`}>
          <span aria-hidden>{source.available ? '✓' : '✕'}</span> <strong>{source.name}</strong>:{' '}
          {describeSource(source, now)}
        </li>
      ))}
    </ul>
  );
}
