import { useEffect, useRef } from 'react';
import type { LogLine } from '../model/TrainingRecord';
import classes from './ExperimentDetail.module.css';
import type { Training } from './useTraining';

const NEAR_PIXELS = 24;

const STREAM_WORDS: Record<Training['stream'], string> = {
  opening: 'Listening…',
  open: 'Nothing is logged yet.',
  broken: 'The connection broke off; listening again…',
  ended: 'Nothing was logged.',
};

interface LogTailProps {
  log: readonly LogLine[];
  stream: Training['stream'];
}

/** What the units said last; the newest stays in view while the end is looked at. */
export function LogTail({ log, stream }: LogTailProps) {
  const box = useRef<HTMLElement>(null);
  const following = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end
  useEffect(() => {
    if (box.current !== null && following.current) box.current.scrollTop = box.current.scrollHeight;
  }, [log]);
  if (log.length === 0) return <p className={classes.word}>{STREAM_WORDS[stream]}</p>;
  return (
    <section
      ref={box}
      className={classes.log}
      aria-label="Log lines"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what does not fit is scrolled to by keys
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        following.current = scrollHeight - scrollTop - clientHeight < NEAR_PIXELS;
      }}
    >
      {log.map(({ id, at, unit, text }) => (
        <p key={id}>
          <time dateTime={at} title={at}>
            {at.slice(11, 19)}
          </time>
          <span>
            {unit !== null && `unit ${unit}: `}
            {text}
          </span>
        </p>
      ))}
    </section>
  );
}
