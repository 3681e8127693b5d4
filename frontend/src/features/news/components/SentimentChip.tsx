import { Tooltip } from '@mantine/core';
import type { ItemSentiment } from '@/api/types';
import { formatPercent, formatWholePercent } from '@/lib/format';
import type { Tone } from '@/lib/sentiment';
import classes from './SentimentChip.module.css';

export const TONES: Record<Tone, { icon: string; word: string }> = {
  positive: { icon: '+', word: 'Positive' },
  neutral: { icon: '=', word: 'Neutral' },
  negative: { icon: '\u2212', word: 'Negative' },
};
const TONE_ORDER = ['positive', 'neutral', 'negative'] as const;

interface SentimentChipProps {
  sentiment: ItemSentiment | null;
  /** Show the probabilities as if hovered. */
  opened: boolean;
}

/** Label by icon and word, and how sure the engine is; on hover all three probabilities. */
export function SentimentChip({ sentiment, opened }: SentimentChipProps) {
  if (sentiment === null) {
    return <span className={classes.chip}>… Not scored yet</span>;
  }
  const { icon, word } = TONES[sentiment.label];
  const probabilities = TONE_ORDER.map((tone) => `${tone} ${formatPercent(sentiment[tone])}`);
  return (
    <Tooltip
      label={<Probabilities sentiment={sentiment} />}
      opened={opened || undefined}
      events={{ hover: true, focus: false, touch: true }}
      position="left"
      withArrow={false}
      classNames={{ tooltip: classes.tooltip }}
      transitionProps={{ duration: 0 }}
    >
      <span className={classes.chip} data-tone={sentiment.label}>
        <span className={classes.icon} aria-hidden>
          {icon}
        </span>
        {word} <span className={classes.sure}>{describeSureness(sentiment[sentiment.label])}</span>
        <span className={classes.hidden}>, {probabilities.join(', ')}</span>
      </span>
    </Tooltip>
  );
}

/** No engine is certain: `> 99 %` where rounding would say so. */
function describeSureness(probability: number): string {
  return probability > 0.994 ? `> ${formatWholePercent(0.99)}` : formatWholePercent(probability);
}

function Probabilities({ sentiment }: { sentiment: ItemSentiment }) {
  return (
    <div className={classes.probabilities}>
      {TONE_ORDER.map((tone) => (
        <div key={tone} className={classes.probability} data-tone={tone}>
          <span>{TONES[tone].word}</span>
          <span className={classes.track}>
            <span style={{ width: `${sentiment[tone] * 100}%` }} />
          </span>
          <span className={classes.value}>{formatPercent(sentiment[tone])}</span>
        </div>
      ))}
      <p className={classes.engine}>
        Scored by {sentiment.engine} {sentiment.engine_version}
      </p>
    </div>
  );
}
