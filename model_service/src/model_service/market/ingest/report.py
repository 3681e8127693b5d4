"""Row issues with their physical lines, and the count of what was dropped as bad."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model_service.errors import UnreadableCsv
from model_service.market.candles import Ints
from model_service.market.ingest.container import WHOLE_FILE
from model_service.market.ingest.issues import Action, IssueLog
from model_service.market.ingest.records import Records

MAX_BAD_SHARE = 0.2
"""Of the rows; above it (and above two rows) the file is refused, not thinned out."""
ALWAYS_ALLOWED = 2


class RowReport:
    """Notes issues of rows, which callers name by their position in the records."""

    def __init__(self, records: Records, log: IssueLog) -> None:
        self._records = records
        self._log = log
        self._bad_rows = 0
        self._first_bad = (WHOLE_FILE, "")

    def add(
        self,
        kind: str,
        action: Action,
        rows: Ints,
        describe: str | Callable[[int], str],
        what: str,
        *,
        bad: bool = False,
    ) -> None:
        """Note an issue of each of `rows`.

        Parameters
        ----------
        rows : int64 array
            Positions in the records.
        describe : str or callable
            The sentence, or position in the records -> sentence.
        what : str
            Plural noun that sums up the rows beyond the listed ones.
        bad : bool
            The rows count against the share of bad rows that is allowed.
        """
        if rows.size == 0:
            return
        rows = np.sort(rows)
        lines = self._records.lines[rows]

        def sentence(position: int) -> str:
            return describe if isinstance(describe, str) else describe(int(rows[position]))

        self._log.add_rows(kind, action, lines.tolist(), sentence, what)
        if bad:
            self._bad_rows += rows.size
            if not self._first_bad[1] or lines[0] < self._first_bad[0]:
                self._first_bad = (int(lines[0]), sentence(0))

    def refuse_if_too_bad(self, field: str, *, nothing_left: bool = False) -> None:
        """Refuse a file of which more than a fifth is no candles, or of which nothing is left."""
        rows = len(self._records)
        if nothing_left or self._bad_rows > max(ALWAYS_ALLOWED, int(MAX_BAD_SHARE * rows)):
            row, reason = self._first_bad
            raise UnreadableCsv(
                f"{self._bad_rows:,} of {rows:,} rows are not candles; at most "
                f"{MAX_BAD_SHARE:.0%} may be dropped. The first: {reason}",
                field=field,
                row=row,
                limit=MAX_BAD_SHARE,
            )
