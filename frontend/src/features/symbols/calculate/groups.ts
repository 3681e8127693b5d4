import type { SourceStatus, SymbolEntry } from '@/api/types';

export const SOURCE_NAMES: Record<SymbolEntry['source'], string> = {
  upload: 'Uploaded',
  yahoo: 'Yahoo Finance',
  simulated: 'Simulated, no real market',
};

export interface SymbolGroup {
  source: SymbolEntry['source'];
  name: string;
  entries: SymbolEntry[];
}

/** Symbols by source: the reader's own first, invented ones last. Empty groups are left out. */
export function groupBySource(entries: readonly SymbolEntry[]): SymbolGroup[] {
  return (['upload', 'yahoo', 'simulated'] as const)
    .map((source) => ({
      source,
      name: SOURCE_NAMES[source],
      entries: entries.filter((entry) => entry.source === source),
    }))
    .filter((group) => group.entries.length > 0);
}

/** One sentence for each source that could not be asked. */
export function describeOutages(sources: readonly SourceStatus[]): string[] {
  return sources
    .filter((status) => !status.available)
    .map(({ source, reason }) => reason ?? `${SOURCE_NAMES[source]} is not available.`);
}
