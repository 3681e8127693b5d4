"""The names under which the original's client reads columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_DATE: Final = "Date"
_PRICES: Final = ("open", "high", "low", "close")
_TIMES: Final = (
    "datetime",
    "date time",
    "timestamp",
    "time",
    "unix",
    "unix timestamp",
    "unix time",
    "epoch",
    "open time",
    "trade date",
    "trading date",
    "trading day",
    "session",
    "day",
    "date gmt",
    "gmt time",
    "utc time",
    "local time",
    "timedate",
    "time stamp",
    "dt",
    "datum",
    "zeit",
    "fecha",
    "data",
    "jour",
    "",  # pandas writes an index without a name
)
"""Time columns by their words in lower case, the preferred first, as the model service reads."""


def name_columns(header: Sequence[str]) -> list[str]:
    """`header` with ``Date``, ``open``, ``high``, ``low`` and ``close`` where they are meant.

    The results keep the columns of the candle file, which may write these in any case and call
    its time otherwise.
    """
    named = list(header)
    words = [_words_of(name) for name in header]
    for wanted in (_DATE, *_PRICES):
        if wanted not in named and wanted.lower() in words:
            named[words.index(wanted.lower())] = wanted
    if _DATE not in named:
        for time in _TIMES:
            if time in words:
                named[words.index(time)] = _DATE
                break
    return named


def _words_of(name: str) -> str:
    """The words of a column's name: ``openTime``, ``Open_Time`` and ``open time`` are one."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r"[^a-z0-9]+", " ", spaced.lower()).strip()
