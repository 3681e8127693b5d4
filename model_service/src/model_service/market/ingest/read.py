"""The public entry: bytes of a file in, canonical candles and issues out."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from model_service.errors import UnreadableCsv
from model_service.market.candles import Candles, Ints
from model_service.market.ingest.cells import Strings
from model_service.market.ingest.columns import Columns, find_columns
from model_service.market.ingest.container import decode, unpack
from model_service.market.ingest.issues import Issue, IssueLog
from model_service.market.ingest.layout import find_layout
from model_service.market.ingest.numbers import CURRENCY_CODES, find_currency
from model_service.market.ingest.order import sort_rows
from model_service.market.ingest.prices import settle_prices
from model_service.market.ingest.records import Records, read_records
from model_service.market.ingest.report import RowReport
from model_service.market.ingest.rows import Rows, read_rows
from model_service.market.ingest.symbols import check_symbol, symbol_of_file
from model_service.market.ingest.times import Times, parse_times

MAX_BYTES = 64 * 2**20
MAX_ROWS = 1_000_000


@dataclass(frozen=True)
class Ingested:
    """What became of a file.

    Attributes
    ----------
    candles : Candles
    issues : tuple of Issue
    table : pyarrow.Table
        The input's columns as strings with their names as written, one row a candle, in the
        candles' order: what results are written beside.
    """

    candles: Candles
    issues: tuple[Issue, ...]
    table: pa.Table


def ingest_csv(
    data: bytes,
    *,
    file_name: str,
    symbol: str | None = None,
    column: str | None = None,
    repair: bool = False,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> Ingested:
    """Read any CSV of candles; see `issues` for all that may be done to it on the way.

    Parameters
    ----------
    data : bytes
        A CSV in any usual encoding, or a gzip or zip file of one.
    file_name : str
        Where the symbol comes from if `symbol` is not given: all before the first ``_``.
    symbol : str, optional
    column : str, optional
        Header of the column to take as the close.
    repair : bool
        Repair suspected splits and unit errors instead of only reporting them.
    max_bytes, max_rows : int
        Limits on the unpacked file.

    Returns
    -------
    Ingested

    Raises
    ------
    UnreadableCsv
        The file cannot be read as candles; carries `row` and `field`.
    PayloadTooLarge
        A limit is passed.
    InvalidRequest
        No valid symbol.
    """
    name = check_symbol(symbol) if symbol is not None else symbol_of_file(file_name)
    log = IssueLog()
    text = decode(unpack(data, max_bytes=max_bytes), log)
    layout = find_layout(text)
    log.add_rows(
        "banner",
        "dropped",
        layout.banner_lines,
        lambda _: "The line is neither header nor candle.",
        "lines before the candles",
    )
    columns = find_columns(layout, column, log)
    records = read_records(text, layout, log, max_rows=max_rows)
    times = _read_times(records, columns, layout.header_line, log)
    report = RowReport(records, log)
    rows = read_rows(records, columns, times, report, log, delimiter=layout.delimiter)
    if not layout.has_header:
        _refuse_unproven_guess(rows, records)
    rows = sort_rows(rows, times, records, columns, report, log)
    rows, basis = settle_prices(rows, report, log, repair=repair)
    candles = Candles(
        symbol=name,
        time=rows.time,
        open=rows.open,
        high=rows.high,
        low=rows.low,
        close=rows.close,
        volume=rows.volume,
        price_basis=basis,
        currency=_find_currency(records, columns),
        timezone=times.zone,
    )
    return Ingested(candles, log.issues(), _table(records, columns, rows.index))


def _read_times(records: Records, columns: Columns, header_line: int, log: IssueLog) -> Times:
    cells: Strings = records.columns[columns.time]
    if columns.clock is not None:
        cells = pc.binary_join_element_wise(
            pc.utf8_trim_whitespace(cells),
            pc.utf8_trim_whitespace(records.columns[columns.clock]),
            " ",
        )
    times = parse_times(cells)
    name = columns.name(columns.time)
    if not times.valid.any():
        shown = str(cells[0])[:60] if len(cells) else ""
        raise UnreadableCsv(
            f"No cell of `{name}` is a time; the first is `{shown}`.",
            field=name,
            row=int(records.lines[0]) if len(records) else header_line,
        )
    order = times.date_order
    if order is not None and not order.proven:
        read = "the day" if order.day_first else "the month"
        log.add_file(
            "ambiguous_dates",
            "converted",
            f"No day above 12 proves the order of `{name}`; {read} was read first.",
        )
    elif order is not None and order.day_first:
        log.add_file("day_first_dates", "converted", f"`{name}` was read with the day first.")
    return times


def _refuse_unproven_guess(rows: Rows, records: Records) -> None:
    """Without a header, only prices that fit the guess everywhere prove it."""
    top, bottom = np.maximum(rows.open, rows.close), np.minimum(rows.open, rows.close)
    fits = (rows.high >= top) & (rows.low <= bottom)
    if fits.mean() < 0.99 or not (rows.high > rows.low).any():
        first = int(np.argmin(fits)) if not fits.all() else 0
        raise UnreadableCsv(
            "The file has no header, and its columns do not behave like open, high, low and close.",
            field="high",
            row=int(records.lines[rows.index[first]]),
        )


def _find_currency(records: Records, columns: Columns) -> str | None:
    close = columns.prices["close"]
    for word in re.findall(r"[A-Z]{3}", columns.names[close]):
        if word in CURRENCY_CODES:
            return str(word)
    cells = records.columns[close]
    if not len(cells) or (
        str(cells[0]).strip()[:1].isdigit() and str(cells[0]).strip()[-1:].isdigit()
    ):
        return None
    return find_currency(cells)


def _table(records: Records, columns: Columns, index: Ints) -> pa.Table:
    whole = index.size == len(records) and bool((np.diff(index) == 1).all())
    taken = records.columns
    if not whole:
        chosen = pa.array(index)
        taken = [column.take(chosen) for column in records.columns]
    return pa.Table.from_arrays(taken, names=list(columns.names))
