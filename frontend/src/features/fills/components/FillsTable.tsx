import { UnstyledButton } from '@mantine/core';
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import type { Fill } from '@/api/types';
import {
  ABSENT,
  formatCents,
  formatInteger,
  formatMoney,
  formatPrice,
  formatSignedMoney,
} from '@/lib/format';
import { formatTime } from '@/lib/time';
import { buildRows, type FillRow } from '../calculate/rows';
import classes from './FillsTable.module.css';

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
});
const helper = createColumnHelper<typeof features, FillRow>();
const number = (
  name: 'quantity' | 'value' | 'commission' | 'slippage' | 'result' | 'number',
  header: string,
  format: (value: number | null) => string,
) => helper.accessor(name, { header, sortFn: 'basic', cell: (cell) => format(cell.getValue()) });

const columns = helper.columns([
  number('number', '#', formatInteger),
  helper.accessor('time', { header: 'Date', sortFn: 'basic' }),
  helper.accessor('side', { header: 'Side', sortFn: 'basic' }),
  number('quantity', 'Quantity', formatInteger),
  helper.accessor('price', { header: 'Price', sortFn: 'basic' }),
  number('value', 'Value', formatMoney),
  number('commission', 'Commission', formatCents),
  number('slippage', 'Slippage', formatCents),
  number('result', 'Result', formatSignedMoney),
  helper.accessor('news', {
    header: 'News',
    sortFn: 'basic',
    cell: (cell) => cell.getValue() ?? ABSENT,
  }),
]);

const NEWEST_FIRST = { sorting: [{ id: 'number', desc: true }] };
const ROW_PIXELS = 24;

interface FillsTableProps {
  fills: readonly Fill[];
  intraday: boolean;
  /** How the decision behind each fill stands to the news, in the order of the fills. */
  news: readonly (string | null)[];
  /** Decimals of the prices. */
  decimals: number;
  onPick: (time: number) => void;
  /** What to say, and what to do, where there is no fill. */
  emptyText: string;
}

/** Every fill; choosing one moves the chart to its candle. */
export function FillsTable({
  fills,
  intraday,
  news,
  decimals,
  onPick,
  emptyText,
}: FillsTableProps) {
  const data = useMemo(() => buildRows(fills, news), [fills, news]);
  const table = useTable({ features, columns, data, initialState: NEWEST_FIRST });
  const { rows } = table.getRowModel();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);

  if (fills.length === 0) {
    return <p className={classes.empty}>{emptyText}</p>;
  }
  return (
    <section ref={scroller} className={classes.scroller} aria-label="Fills">
      <table className={classes.table} aria-rowcount={rows.length + 1}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                const sorted = header.column.getIsSorted();
                return (
                  <th
                    key={header.id}
                    scope="col"
                    data-column={header.column.id}
                    aria-sort={
                      sorted === false ? 'none' : sorted === 'asc' ? 'ascending' : 'descending'
                    }
                  >
                    <UnstyledButton
                      className={classes.header}
                      onClick={header.column.getToggleSortingHandler()}
                    >
                      <table.FlexRender header={header} />
                      {sorted !== false && (sorted === 'asc' ? ' ↑' : ' ↓')}
                    </UnstyledButton>
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {above > 0 && <tr aria-hidden style={{ height: above }} />}
          {shown.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const { side, time, price } = row.original;
            return (
              <tr key={row.id} aria-rowindex={item.index + 2} data-side={side}>
                {row.getAllCells().map((cell) => (
                  <td key={cell.id} data-column={cell.column.id}>
                    {cell.column.id === 'time' ? (
                      <UnstyledButton className={classes.pick} onClick={() => onPick(time)}>
                        {formatTime(time, intraday)}
                      </UnstyledButton>
                    ) : cell.column.id === 'side' ? (
                      <span className={classes[side]}>{side === 'buy' ? '▲ Buy' : '▼ Sell'}</span>
                    ) : cell.column.id === 'price' ? (
                      formatPrice(price, decimals)
                    ) : (
                      <table.FlexRender cell={cell} />
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
          {below > 0 && <tr aria-hidden style={{ height: below }} />}
        </tbody>
      </table>
    </section>
  );
}
