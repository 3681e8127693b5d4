import type { NewsItem, NewsSource } from '@/api/types';
import { describeAge } from '@/lib/duration';

/** Time of publication, UTC; of some headlines only the date is known. */
export function describeMoment({ published_at, precision }: NewsItem): string {
  return precision === 'date' ? 'date only' : new Date(published_at).toISOString().slice(11, 16);
}

const DAY_FORMAT = new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' });

/** `Tue 2025-02-25`. */
export function describeDay(day: string): string {
  return `${DAY_FORMAT.format(new Date(`${day}T00:00:00Z`))} ${day}`;
}

/**
 * What a source answered when it was asked last, as a sentence after its name.
 *
 * @param now Epoch milliseconds.
 */
export function describeSource(source: NewsSource, now: number): string {
  const { available, provider, reason, refreshed_at } = source;
  const asked =
    refreshed_at === null
      ? null
      : `answered ${describeAge(Math.max(now - Date.parse(refreshed_at), 0) / 1000)}.`;
  if (!available) {
    return [reason ?? 'not available.', asked && `Last ${asked}`].filter(Boolean).join(' ');
  }
  if (provider === 'upload') return reason ?? 'headlines from files.';
  return [asked ?? 'not asked yet.', reason].filter(Boolean).join(' ');
}
