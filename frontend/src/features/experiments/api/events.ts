import { createContext } from 'react';
import type { ExperimentEvent } from '@/api/types';

export interface EventListener {
  onEvent: (event: ExperimentEvent) => void;
  /** Events come, or come again. */
  onOpen: () => void;
  /** The stream broke off and will be asked for again. */
  onBreak: () => void;
}

/**
 * Follow the events of an experiment from the first on, also those before a reload.
 *
 * @returns Stops following.
 */
export type FollowEvents = (id: string, listener: EventListener) => () => void;

const KINDS: readonly ExperimentEvent['kind'][] = [
  'state',
  'unit',
  'progress',
  'validation',
  'log',
];
/** After a refusal, twice as long each further time: one stream too many is refused, and another may end soon. */
const REFUSED_PAUSE_MS = 3000;
const LONGEST_PAUSE_MS = 60_000;

const ENDS = ['done', 'failed', 'cancelled'];

/** Whether this event is the last. */
export function isLast({ kind, unit, state }: ExperimentEvent): boolean {
  return kind === 'state' && unit === null && ENDS.includes(state ?? '');
}

/** Events as the browser's own EventSource brings them. */
export const followEventSource: FollowEvents = (id, { onEvent, onOpen, onBreak }) => {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = 0;
  let pause = REFUSED_PAUSE_MS;

  function take({ data }: MessageEvent<string>) {
    const event = JSON.parse(data) as ExperimentEvent;
    // After a break some may come twice.
    if (event.id <= last) return;
    last = event.id;
    onEvent(event);
    // The server closes behind the last event, which EventSource would take for a break.
    if (isLast(event)) source.close();
  }

  function connect() {
    const after = last === 0 ? '' : `?after=${last}`;
    source = new EventSource(`/api/experiments/${encodeURIComponent(id)}/events${after}`);
    for (const kind of KINDS) source.addEventListener(kind, take);
    source.onopen = () => {
      pause = REFUSED_PAUSE_MS;
      onOpen();
    };
    source.onerror = () => {
      onBreak();
      // EventSource comes back from a break by itself, but never from a refusal.
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(connect, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    };
  }

  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
};

/** Where events come from; a test feeds its own. */
export const EventSeam = createContext<FollowEvents>(followEventSource);
