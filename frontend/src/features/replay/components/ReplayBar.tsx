import { Button, Group, SegmentedControl, Slider } from '@mantine/core';
import { formatInteger, formatMoney, formatSignedPercent } from '@/lib/format';
import { type Frame, tradedWindow } from '@/lib/frame';
import { formatTime } from '@/lib/time';
import { type Replay, type ReplayEvent, SPEEDS, type Speed } from '../calculate/replay';
import classes from './ReplayBar.module.css';

interface ReplayBarProps {
  replay: Replay;
  send: (event: ReplayEvent) => void;
  frame: Frame;
  intraday: boolean;
}

/** Candle by candle through the run, with net worth and cash as they were then. */
export function ReplayBar({ replay, send, frame, intraday }: ReplayBarProps) {
  const { cursor, playing, speed } = replay;
  if (cursor === null) return null;
  const { from, to } = tradedWindow(frame);
  const worth = frame.netWorth[cursor] ?? null;
  const start = frame.netWorth[from] ?? null;
  const change = worth === null || start === null ? null : worth / start - 1;
  const figures: [string, string, string][] = [
    ['date', 'Date', formatTime(frame.time[cursor] ?? 0, intraday)],
    ['net-worth', 'Net worth', formatMoney(worth)],
    ['change', 'Change', formatSignedPercent(change)],
    ['cash', 'Cash', formatMoney(frame.cash[cursor])],
    ['quantity', 'Quantity', formatInteger(frame.quantity[cursor])],
    ['benchmark', 'Buy and hold', formatMoney(frame.benchmark[cursor])],
  ];
  return (
    <section className={classes.bar} aria-label="Replay">
      <Group gap={6} wrap="nowrap">
        <Button
          size="compact-xs"
          onClick={() => send({ type: playing ? 'pause' : 'play' })}
          disabled={!playing && cursor >= to}
          w={60}
        >
          {playing ? 'Pause' : 'Play'}
        </Button>
        {(
          [
            [-1, 'Step back', '‹'],
            [1, 'Step', '›'],
          ] as const
        ).map(([by, name, sign]) => (
          <Button
            key={name}
            size="compact-xs"
            variant="default"
            aria-label={name}
            title={name}
            onClick={() => {
              send({ type: 'pause' });
              send({ type: 'step', by, last: to });
            }}
          >
            {sign}
          </Button>
        ))}
        <SegmentedControl
          size="xs"
          aria-label="Speed"
          data={SPEEDS.map(({ name }) => name)}
          value={speed}
          onChange={(name) => send({ type: 'speed', speed: name as Speed })}
        />
        <Button size="compact-xs" variant="default" onClick={() => send({ type: 'stop' })}>
          End
        </Button>
      </Group>
      <Slider
        className={classes.slider}
        size="xs"
        min={Math.min(from, cursor)}
        max={Math.max(to, cursor, from + 1)}
        value={cursor}
        onChange={(index) => send({ type: 'seek', to: index })}
        label={(index) => formatTime(frame.time[index] ?? 0, intraday)}
        thumbLabel="Candle of the replay"
      />
      <dl className={classes.figures}>
        {figures.map(([name, word, value]) => (
          <div key={name}>
            <dt>{word}</dt>
            <dd data-replay={name}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
