import { Button } from '@mantine/core';
import type { Frame } from '@/lib/frame';
import { writeCsv } from '../calculate/csv';

/** Save candles, signals and ledger as a CSV that can be uploaded again. */
export function ExportButton({ symbol, frame }: { symbol: string; frame: Frame }) {
  function save() {
    const address = URL.createObjectURL(new Blob([writeCsv(frame)], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = `${symbol}_results.csv`;
    link.click();
    URL.revokeObjectURL(address);
  }
  return (
    <Button size="xs" variant="default" onClick={save}>
      Export CSV
    </Button>
  );
}
