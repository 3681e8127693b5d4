import { UnstyledButton } from '@mantine/core';
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useMemo } from 'react';
import type { EvaluationReport } from '@/api/types';
import { formatInteger, formatRatio, formatSignedPercent, formatSignedRatio } from '@/lib/format';
import { BASELINE_WORDS, BASELINES } from '../calculate/baselines';
import { MEAN } from '../calculate/curves';
import { meanRow, readSort, type SymbolRow, symbolRows } from '../calculate/rows';
import classes from './SymbolTable.module.css';

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
});
const helper = createColumnHelper<typeof features, SymbolRow>();
type NumberName = Exclude<keyof SymbolRow, 'symbol'>;
const number = (name: NumberName, header: string, format: (value: number | null) => string) =>
  helper.accessor(name, {
    header,
    sortFn: 'basic',
    sortUndefined: 'last',
    cell: (cell) => format(cell.getValue()),
  });

const symbolColumn = helper.accessor('symbol', { header: 'Symbol', sortFn: 'basic' });
const baselineColumns = BASELINES.map((name) =>
  number(name, BASELINE_WORDS[name].name, formatRatio),
);
const agentColumns = [
  number('agent', 'Agent', formatRatio),
  number('deviation', '± seeds', formatRatio),
  number('difference', 'Less buy and hold', formatSignedRatio),
  number('total_return', 'Return', formatSignedPercent),
  number('trades', 'Trades', formatInteger),
];
const COLUMNS = helper.columns([symbolColumn, ...agentColumns, ...baselineColumns]);
const COLUMNS_WITHOUT_AGENT = helper.columns([symbolColumn, ...baselineColumns]);

interface SymbolTableProps {
  report: EvaluationReport;
  title: string;
  /** Symbol, or `mean`, whose curve is drawn. */
  chosen: string;
  onChoose: (symbol: string) => void;
  /** Column that is sorted by, `-` before it for the largest first. */
  sort: string;
  onSort: (sort: string) => void;
}

/** Sharpe ratios by symbol; choosing a row draws its curve. */
export function SymbolTable({ report, title, chosen, onChoose, sort, onSort }: SymbolTableProps) {
  const data = useMemo(() => symbolRows(report), [report]);
  const mean = useMemo(() => meanRow(report), [report]);
  const columns = mean?.agent === null ? COLUMNS_WITHOUT_AGENT : COLUMNS;
  const sorting = useMemo(() => {
    const wanted = readSort(sort);
    return wanted.id === 'symbol' || (mean !== null && wanted.id in mean)
      ? [wanted]
      : [{ id: 'symbol', desc: false }];
  }, [sort, mean]);
  const table = useTable({ features, columns, data, state: { sorting } });
  const sorted = sorting[0];

  function sortBy(id: string) {
    // Words from A on, numbers from the largest on; the same column again turns around.
    const again = sorted?.id === id;
    const desc = again ? !sorted.desc : id !== 'symbol';
    onSort(desc ? `-${id}` : id);
  }

  const format = (row: SymbolRow, id: string) => {
    const value = row[id as NumberName];
    if (id === 'difference') return formatSignedRatio(value);
    if (id === 'total_return') return formatSignedPercent(value);
    return id === 'trades' ? formatInteger(value) : formatRatio(value);
  };
  const pick = (symbol: string, name: string) => (
    <UnstyledButton
      className={classes.pick}
      aria-pressed={chosen === symbol}
      title={name}
      onClick={() => onChoose(symbol)}
    >
      {name}
    </UnstyledButton>
  );
  return (
    <section className={classes.scroller} aria-label="Symbols">
      <table className={classes.table} aria-label={title}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map(({ id, column }) => {
                const order =
                  sorted?.id === id ? (sorted.desc ? 'descending' : 'ascending') : 'none';
                return (
                  <th key={id} scope="col" data-column={id} aria-sort={order}>
                    <UnstyledButton className={classes.header} onClick={() => sortBy(id)}>
                      {String(column.columnDef.header)}
                      {order !== 'none' && (order === 'ascending' ? ' ↑' : ' ↓')}
                    </UnstyledButton>
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} data-chosen={chosen === row.original.symbol}>
              {row.getAllCells().map(({ id, column }) => (
                <td key={id} data-column={column.id}>
                  {column.id === 'symbol'
                    ? pick(row.original.symbol, row.original.symbol)
                    : format(row.original, column.id)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {mean !== null && data.length > 1 && (
          <tfoot>
            <tr data-chosen={chosen === MEAN}>
              {table.getAllColumns().map(({ id }) => (
                <td key={id} data-column={id}>
                  {id === 'symbol' ? pick(MEAN, `Mean of ${data.length}`) : format(mean, id)}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  );
}
