"""Calendar parts of written times: day or month first, month names, days, UTC offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from model_service.market.candles import Ints
from model_service.market.ingest.cells import Mask, Strings

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONE_HOURS = {
    "Z": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2,
    "EET": 2, "EEST": 3, "JST": 9, "HKT": 8,
}  # fmt: skip
"""Abbreviations that mean one offset in market data; IST, BST and CST mean several."""
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d{2})?")
_CENTURY_TURN = 70


@dataclass(frozen=True)
class DateOrder:
    """How dates such as 1/2/2020 are read, and whether the column proves it."""

    day_first: bool
    proven: bool


def choose_date_order(first: Ints, second: Ints, year: Ints, separator: str) -> DateOrder:
    """Decide for a whole column whether the day or the month comes first.

    A number above 12 proves it (where some rows prove the one and some the other, the majority
    decides and the rest are no dates). Without proof, the only order that sorts the column does;
    else the month comes first, but for dates with points (``1.2.2020``), which nobody writes so.
    """
    day_first, month_first = int((first > 12).sum()), int((second > 12).sum())
    if day_first != month_first:
        return DateOrder(day_first > month_first, proven=True)
    by_month, by_day = year * 400 + first * 32 + second, year * 400 + second * 32 + first
    if _is_sorted(by_month) != _is_sorted(by_day):
        return DateOrder(_is_sorted(by_day), proven=False)
    return DateOrder(separator == ".", proven=False)


def day_of_date(year: Ints, month: Ints, day: Ints) -> tuple[Ints, Mask]:
    """Days since 1970-01-01, and where the date exists. Two-digit years are 1970 to 2069."""
    year = np.where(year < 100, year + np.where(year < _CENTURY_TURN, 2000, 1900), year)
    ok = (month >= 1) & (month <= 12) & (day >= 1)
    months = ((year - 1970) * 12 + np.where(ok, month, 1) - 1).astype("datetime64[M]")
    start = months.astype("datetime64[D]").astype(np.int64)
    length = (months + 1).astype("datetime64[D]").astype(np.int64) - start
    days: Ints = start + day - 1
    return days, ok & (day <= length)


def month_numbers(names: Strings) -> Ints:
    """1 to 12 for English month names, 0 for other words; case does not matter."""
    short = pc.utf8_lower(pc.utf8_slice_codeunits(names, 0, 3))
    index = pc.index_in(short, pa.array(_MONTHS))
    numbers: Ints = pc.fill_null(index, -1).to_numpy(zero_copy_only=False).astype(np.int64) + 1
    return numbers


def offset_seconds(zones: Strings) -> tuple[Ints, Mask, set[int | None]]:
    """Seconds east of UTC a row (0 for none), where the zone is known, and the offsets seen."""
    encoded = pc.dictionary_encode(zones)
    known = [_offset_of(zone) for zone in encoded.dictionary.to_pylist()]
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    offsets = np.array([offset or 0 for offset, _ in known], dtype=np.int64)
    valid = np.array([ok for _, ok in known], dtype=bool)
    return offsets[codes], valid[codes], {offset for offset, ok in known if ok}


def _offset_of(zone: str) -> tuple[int | None, bool]:
    if not zone:
        return None, True
    if zone in _ZONE_HOURS:
        return _ZONE_HOURS[zone] * 3600, True
    match = _OFFSET.fullmatch(zone)
    if match is None or int(match[2]) > 18 or int(match[3] or 0) > 59:
        return None, False
    seconds = int(match[2]) * 3600 + int(match[3] or 0) * 60
    return (-seconds if match[1] == "-" else seconds), True


def _is_sorted(keys: Ints) -> bool:
    steps = np.diff(keys)
    return bool((steps >= 0).all() or (steps <= 0).all())
