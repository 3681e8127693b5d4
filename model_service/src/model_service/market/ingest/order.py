"""Rows in time order, one a time, with daily candles on their session's date."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model_service.errors import UnreadableCsv
from model_service.market.candles import SECONDS_PER_DAY, Ints
from model_service.market.ingest.cells import Mask
from model_service.market.ingest.columns import Columns
from model_service.market.ingest.issues import IssueLog
from model_service.market.ingest.records import Records
from model_service.market.ingest.report import RowReport
from model_service.market.ingest.rows import Rows
from model_service.market.ingest.times import Times

_DAILY_SPACING_SECONDS = 20 * 3600


def sort_rows(
    rows: Rows, times: Times, records: Records, columns: Columns, report: RowReport, log: IssueLog
) -> Rows:
    """Give the rows their candle times, sort them, and leave one row a time.

    Of rows with the same time, the last one in the file stays.
    """
    local = times.local[rows.index]
    if is_daily(rows.time, local, has_clock=times.has_clock):
        rows = replace(rows, time=local // SECONDS_PER_DAY * SECONDS_PER_DAY)
    elif not times.has_zone:
        log.add_file(
            "assumed_utc", "converted", "The times have no time zone; they were taken as UTC."
        )
    steps = np.diff(rows.time)
    backwards = steps < 0
    if backwards.any():
        if (steps <= 0).all():
            log.add_file("newest_first", "reordered", "The newest rows came first.")
        else:
            report.add(
                "unordered_times",
                "reordered",
                rows.index[1:][backwards],
                "The row is older than the one before it.",
                "rows older than the one before them",
            )
        rows = rows.take(np.argsort(rows.time, kind="stable"))
    return _drop_duplicates(rows, records, columns, report)


def is_daily(instant: Ints, local: Ints, *, has_clock: bool) -> bool:
    """Whether candles stand for days (or longer): no times of day, or one candle a date.

    One candle a date means that no date has two different times and that the median spacing is
    at least 20 hours, so that a few minutes around midnight do not look like days.
    """
    if not has_clock or not (local % SECONDS_PER_DAY).any():
        return True
    order = np.argsort(instant, kind="stable")
    steps = np.diff(instant[order])
    apart = steps > 0
    if not apart.any() or np.median(steps[apart]) < _DAILY_SPACING_SECONDS:
        return False
    days = local[order] // SECONDS_PER_DAY
    return bool((np.diff(days)[apart] > 0).all())


def _drop_duplicates(rows: Rows, records: Records, columns: Columns, report: RowReport) -> Rows:
    same = np.diff(rows.time) == 0
    if not same.any():
        return rows
    last = np.append(~same, True)
    winner = np.flatnonzero(last)[np.cumsum(last) - last]
    identical = np.ones(rows.index.size, dtype=bool)
    for values in (rows.open, rows.high, rows.low, rows.close, rows.volume, rows.adjusted):
        if values is not None:
            identical &= (values == values[winner]) | (np.isnan(values) & np.isnan(values[winner]))
    _refuse_several_symbols(rows, winner, ~last & ~identical, records, columns)
    report.add(
        "duplicate_time",
        "dropped",
        rows.index[~last & identical],
        "The same candle is there again further down.",
        "rows that repeat another one",
    )
    report.add(
        "conflicting_time",
        "dropped",
        rows.index[~last & ~identical],
        "A row further down has the same time and other values; that one counts.",
        "rows that another row of the same time replaces",
    )
    return rows.take(last)


def _refuse_several_symbols(
    rows: Rows, winner: Ints, conflicting: Mask, records: Records, columns: Columns
) -> None:
    if columns.symbol is None or not conflicting.any():
        return
    cells = records.columns[columns.symbol]
    for position in np.flatnonzero(conflicting)[:1000].tolist():
        one = str(cells[int(rows.index[position])]).strip()
        other = str(cells[int(rows.index[winner[position]])]).strip()
        if one != other:
            name = columns.name(columns.symbol)
            raise UnreadableCsv(
                f"`{name}` holds several symbols ({one[:32]}, {other[:32]}); a file must hold one.",
                field=name,
                row=int(records.lines[rows.index[position]]),
            )
