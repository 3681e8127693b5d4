"""What was noticed and done while a file became candles.

Kinds, with the action that goes with them:

===================== =========================================================================
``encoding``          converted: text that was not UTF-8
``banner``            dropped: lines above the header, or between it and the first candle
``no_header``         converted: columns were told by their content
``decimal_comma``     converted: ``1.234,56`` means 1234.56
``ambiguous_dates``   converted: no day above 12 proves whether day or month comes first
``day_first_dates``   converted: a day above 12 proves that the day comes first
``assumed_utc``       converted: times of day without a time zone were taken as UTC
``newest_first``      reordered; also ``unordered_times``
``blank_row``         dropped; also ``ragged_row`` (wrong number of cells), ``dividend_row``,
                      ``unreadable_time``, ``unreadable_number``, ``missing_price``,
                      ``zero_price``, ``impossible_price``, ``impossible_range`` (high < low)
``duplicate_time``    dropped: says the same as another row of that time
``conflicting_time``  dropped: a later row of that time says something else
``close_only``        filled: open, high and low are the close
``missing_column``    filled: one or two of open, high and low are not in the file
``no_volume``         filled: all volumes are 0
``filled_price``      filled: an empty or zero open, high or low
``missing_volume``    filled: an empty, unreadable or negative volume became 0
``missing_adjustment`` filled: an empty adjusted close; the last known factor was used
``unusable_adjusted_close`` kept: the adjusted close holds no price and was not used
``adjusted_prices``   converted: prices were scaled to the adjusted close
``open_outside_range`` kept; also ``close_outside_range``
``mixed_price_basis`` kept: closes are adjusted, open, high and low are not
``suspected_split``   kept, or repaired; also ``suspected_unit_error``
===================== =========================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Action = Literal["kept", "dropped", "filled", "repaired", "reordered", "converted"]

MAX_ENTRIES_PER_KIND = 20


@dataclass(frozen=True)
class Issue:
    """Something noticed in the file, and what was done about it.

    Attributes
    ----------
    row : int
        Physical line in the file; the header is 1, and 1 also means the whole file.
    kind : str
        One of the kinds in this module's table.
    action : str
        What was done.
    message : str
        One sentence for the file's owner.
    count : int
        Rows that this entry stands for.
    """

    row: int
    kind: str
    action: Action
    message: str
    count: int = 1


class IssueLog:
    """Collects issues; of one kind at most 20 entries, the rest summed up in one more."""

    def __init__(self) -> None:
        self._issues: list[Issue] = []

    def add_file(self, kind: str, action: Action, message: str, *, row: int = 1) -> None:
        """Note something that concerns the whole file."""
        self._issues.append(Issue(row, kind, action, message))

    def add_rows(
        self,
        kind: str,
        action: Action,
        rows: Sequence[int],
        describe: Callable[[int], str],
        what: str,
    ) -> None:
        """Note something about each of `rows`.

        Parameters
        ----------
        rows : sequence of int
            Physical lines, ascending.
        describe : callable
            Position in `rows` -> the sentence of that row.
        what : str
            Plural noun for the entry that sums up the rest: "12 more rows with ...".
        """
        listed = rows[:MAX_ENTRIES_PER_KIND]
        self._issues.extend(
            Issue(int(row), kind, action, describe(position)) for position, row in enumerate(listed)
        )
        rest = len(rows) - len(listed)
        if rest:
            first = int(rows[MAX_ENTRIES_PER_KIND])
            self._issues.append(Issue(first, kind, action, f"{rest:,} more {what}.", rest))

    def issues(self) -> tuple[Issue, ...]:
        """All entries: those of the whole file first, then in the order of the rows."""
        return tuple(sorted(self._issues, key=lambda issue: (issue.row, issue.count > 1)))
