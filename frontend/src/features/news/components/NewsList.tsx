import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { NewsItem } from '@/api/types';
import { formatInteger, formatSignedRatio } from '@/lib/format';
import { toneOf } from '@/lib/sentiment';
import { groupByDay, type NewsLine } from '../calculate/days';
import { describeDay } from '../calculate/words';
import classes from './NewsList.module.css';
import { NewsRow } from './NewsRow';

const DAY_PIXELS = 28;
const ROW_PIXELS = 84;
/** Headlines that the page keys move by. */
const PAGE = 8;

interface NewsListProps {
  items: readonly NewsItem[];
  intraday: boolean;
  /** Id of the headline whose candle is marked. */
  marked: string | null;
  candleOf: (moment: number) => number | null;
  onMark: (item: NewsItem) => void;
}

const keyOf = (line: NewsLine) => (line.kind === 'day' ? line.day : line.item.id);

/** Headlines by day; of thousands only those in view are in the page. Arrow keys move. */
export function NewsList({ items, intraday, marked, candleOf, onMark }: NewsListProps) {
  const lines = useMemo(() => groupByDay(items), [items]);
  const days = useMemo(
    () => lines.flatMap((line, index) => (line.kind === 'day' ? [index] : [])),
    [lines],
  );
  const places = useMemo(
    () => lines.flatMap((line, index) => (line.kind === 'item' ? [index] : [])),
    [lines],
  );
  const [focused, setFocused] = useState<string | null>(null);
  const kept = lines.findIndex((line) => line.kind === 'item' && line.item.id === focused);
  const reachable = kept < 0 ? (places[0] ?? 0) : kept;
  const scroller = useRef<HTMLDivElement>(null);
  /** Headline that the focus goes to as soon as it is in the page. */
  const wanted = useRef<string | null>(null);
  const stuck = useRef(0);

  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (lines[index]?.kind === 'day' ? DAY_PIXELS : ROW_PIXELS),
    getItemKey: (index) => keyOf(lines[index] as NewsLine),
    scrollPaddingStart: DAY_PIXELS,
    overscan: 6,
    // The day in view sticks to the top; what the tab key reaches stays in the page.
    rangeExtractor: (range) => {
      stuck.current = days.findLast((day) => day <= range.startIndex) ?? 0;
      const indices = new Set([stuck.current, reachable, ...defaultRangeExtractor(range)]);
      return [...indices].filter((index) => index < lines.length).sort((a, b) => a - b);
    },
  });

  useEffect(() => {
    const id = wanted.current;
    if (id === null) return;
    const shown = scroller.current?.querySelectorAll<HTMLElement>('[data-headline]') ?? [];
    const target = [...shown].find(({ dataset }) => dataset.headline === id);
    if (!target) return;
    wanted.current = null;
    // The list itself may reach below the window, so the page follows too.
    target.focus();
  });

  function move(event: KeyboardEvent) {
    const place = places.indexOf(reachable);
    const moves: Record<string, number> = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      PageDown: place + PAGE,
      PageUp: place - PAGE,
      Home: 0,
      End: places.length - 1,
    };
    const next = moves[event.key];
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const index = places[Math.min(Math.max(next, 0), places.length - 1)];
    const line = index === undefined ? undefined : lines[index];
    if (index === undefined || line?.kind !== 'item') return;
    wanted.current = line.item.id;
    setFocused(line.item.id);
    virtual.scrollToIndex(index);
  }

  return (
    <section ref={scroller} className={classes.scroller} aria-label="Headlines">
      <ul className={classes.list} style={{ height: virtual.getTotalSize() }} onKeyDown={move}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const line = lines[index];
          if (line === undefined) return null;
          const sticks = index === stuck.current;
          return (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              aria-posinset={index + 1}
              aria-setsize={lines.length}
              className={sticks ? classes.stuck : classes.line}
              style={sticks ? undefined : { transform: `translateY(${start}px)` }}
            >
              {line.kind === 'day' ? (
                <DayHead {...line} />
              ) : (
                <NewsRow
                  item={line.item}
                  intraday={intraday}
                  marked={line.item.id === marked}
                  candle={candleOf(line.item.counts_from)}
                  reachable={index === reachable}
                  onMark={onMark}
                  onFocus={(item) => setFocused(item.id)}
                />
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function DayHead({ day, count, score }: Extract<NewsLine, { kind: 'day' }>) {
  return (
    <h3 className={classes.day}>
      <span>{describeDay(day)}</span>{' '}
      <span className={classes.tally}>
        {formatInteger(count)} {count === 1 ? 'headline' : 'headlines'}
        {score !== null && count > 1 && (
          <>
            , mean <span data-tone={toneOf(score)}>{formatSignedRatio(score)}</span>
          </>
        )}
      </span>
    </h3>
  );
}
