import { Button, Group } from '@mantine/core';
import type { News } from '@/api/types';
import classes from './NewsPanel.module.css';
import { SourceAnswers } from './SourceAnswers';

/** Windows that are offered where a shorter one is empty. */
const WIDER = [90, 3650];

interface EmptyNewsProps {
  news: News;
  now: number;
  days: number;
  onDays: (days: number) => void;
}

/** No headline in the window, which says nothing about how the market stands to the symbol. */
export function EmptyNews({ news, now, days, onDays }: EmptyNewsProps) {
  const wider = WIDER.filter((length) => length > days);
  return (
    <div className={classes.none}>
      <p role="status">
        <strong>No news</strong> about {news.symbol} from {news.start.slice(0, 10)} to{' '}
        {news.as_of.slice(0, 10)}.{' '}
        {news.refreshing
          ? 'The sources are being asked…'
          : 'That is not the same as neutral news: nothing was written, or nobody could be asked.'}
      </p>
      {news.sources.length > 0 && <SourceAnswers sources={news.sources} now={now} />}
      {wider.length > 0 && (
        <Group gap="xs" mt={10}>
          {wider.map((length) => (
            <Button key={length} size="compact-xs" variant="default" onClick={() => onDays(length)}>
              {length === 3650 ? 'Look back 10 years' : `Look back ${length} days`}
            </Button>
          ))}
        </Group>
      )}
    </div>
  );
}
