import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ExperimentEvent } from '@/api/types';
import { createCache } from '@/app/App';
import { createPage } from '@/app/router';
import {
  type EventListener,
  EventSeam,
  type FollowEvents,
} from '@/features/experiments/api/events';

/** Events of experiments, fed by the test; each follower gets those before it first. */
export class Feed {
  private readonly past: ExperimentEvent[];
  private readonly listeners = new Map<EventListener, string>();

  constructor(past: ExperimentEvent[] = []) {
    this.past = past;
  }

  /** Experiments that are followed now. */
  get followed(): string[] {
    return [...this.listeners.values()];
  }

  readonly follow: FollowEvents = (id, listener) => {
    this.listeners.set(listener, id);
    listener.onOpen();
    for (const event of this.past) listener.onEvent(event);
    return () => this.listeners.delete(listener);
  };

  send(event: ExperimentEvent): void {
    this.past.push(event);
    for (const listener of this.listeners.keys()) listener.onEvent(event);
  }

  breakOff(): void {
    for (const listener of this.listeners.keys()) listener.onBreak();
  }
}

/** The whole app at an address, with somebody to use it. */
export function openPage(address: string, feed = new Feed()) {
  const router = createPage(createMemoryHistory({ initialEntries: [address] }));
  const cache = createCache(20, 50);
  const view = render(
    <QueryClientProvider client={cache}>
      <EventSeam value={feed.follow}>
        <RouterProvider router={router} />
      </EventSeam>
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(), router, cache, feed, view };
}
