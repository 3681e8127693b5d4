import { useQuery } from '@tanstack/react-query';
import { SourceBadge } from '@/components/SourceBadge';
import { symbolsQuery } from '../api/symbols';

/** Where the candles of a symbol come from; nothing until that is known. */
export function SymbolSource({ symbol }: { symbol: string }) {
  const { data } = useQuery(symbolsQuery(symbol));
  const entry = data?.symbols.find((one) => one.symbol === symbol);
  return entry === undefined ? null : <SourceBadge source={entry.source} />;
}
