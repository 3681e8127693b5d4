import type { SourceStatus, SymbolEntry } from '@/api/types';

const SOURCE_NAMES: Record<SymbolEntry['source'], string> = {
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

/**
 * Entries whose symbol or name holds what was typed; the gateway's answer to an earlier text is so
 * narrowed at once, and nothing is offered that no longer fits. An exact symbol comes first.
 */
export function matchEntries(entries: readonly SymbolEntry[], typed: string): SymbolEntry[] {
  const text = typed.trim().toLowerCase();
  return entries
    .filter(
      ({ symbol, name }) =>
        symbol.toLowerCase().includes(text) || name.toLowerCase().includes(text),
    )
    .sort(
      (a, b) => Number(b.symbol.toLowerCase() === text) - Number(a.symbol.toLowerCase() === text),
    );
}
