import { event } from '@test/experiments';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { followEventSource } from './events';

/** Stands in for the browser's: what a server would do is done by the test. */
class FakeSource {
  static readonly CLOSED = 2;
  static opened: FakeSource[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  private readonly listeners = new Map<string, (message: { data: string }) => void>();

  constructor(readonly address: string) {
    FakeSource.opened.push(this);
  }

  addEventListener(kind: string, listener: (message: { data: string }) => void) {
    this.listeners.set(kind, listener);
  }

  close() {
    this.readyState = FakeSource.CLOSED;
  }

  send(one: ReturnType<typeof event>) {
    this.listeners.get(one.kind)?.({ data: JSON.stringify(one) });
  }
}

const listener = () => ({ onEvent: vi.fn(), onOpen: vi.fn(), onBreak: vi.fn() });

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.opened = [];
  vi.stubGlobal('EventSource', FakeSource);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('events of every kind come once, also where some are sent again', () => {
  const heard = listener();
  followEventSource('e 1', heard);
  const [source] = FakeSource.opened;
  expect(source?.address).toBe('/api/experiments/e%201/events');
  source?.send(event({ id: 1, kind: 'log', text: 'one' }));
  source?.send(event({ id: 1, kind: 'log', text: 'one' }));
  source?.send(event({ id: 2, kind: 'progress' }));
  expect(heard.onEvent.mock.calls.map(([{ id }]) => id)).toEqual([1, 2]);
});

test('behind the event that ends the experiment nothing is asked for again', () => {
  const heard = listener();
  followEventSource('e-1', heard);
  const [source] = FakeSource.opened;
  // The end of a unit is not that of the experiment.
  source?.send(event({ id: 1, kind: 'unit', unit: 0, state: 'done' }));
  expect(source?.readyState).toBe(1);
  source?.send(event({ id: 2, kind: 'state', state: 'done' }));
  expect(source?.readyState).toBe(FakeSource.CLOSED);
  vi.runAllTimers();
  expect(FakeSource.opened).toHaveLength(1);
});

test('a refusal is asked again behind what has come, later each time', () => {
  const heard = listener();
  followEventSource('e-1', heard);
  const refuse = (source: FakeSource | undefined) => {
    source?.close();
    source?.onerror?.();
  };
  FakeSource.opened[0]?.send(event({ id: 7 }));
  refuse(FakeSource.opened[0]);
  expect(heard.onBreak).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(3000);
  expect(FakeSource.opened[1]?.address).toBe('/api/experiments/e-1/events?after=7');
  refuse(FakeSource.opened[1]);
  vi.advanceTimersByTime(3000);
  expect(FakeSource.opened).toHaveLength(2);
  vi.advanceTimersByTime(3000);
  expect(FakeSource.opened).toHaveLength(3);
});

test('a break is left to the browser, and leaving closes', () => {
  const heard = listener();
  const leave = followEventSource('e-1', heard);
  const [source] = FakeSource.opened;
  if (source !== undefined) source.readyState = 0;
  source?.onerror?.();
  vi.runAllTimers();
  expect(FakeSource.opened).toHaveLength(1);
  leave();
  expect(source?.readyState).toBe(FakeSource.CLOSED);
});
