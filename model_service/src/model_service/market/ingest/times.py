"""Times as people write them, to instants in UTC and to local days.

ISO 8601 columns are read in one pass. Everything else goes through a few patterns, each applied
to the whole column: epoch numbers, year first, day or month first, compact, month names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from model_service.market.candles import SECONDS_PER_DAY, Ints
from model_service.market.ingest.cells import Mask, Strings, to_mask
from model_service.market.ingest.dates import (
    DateOrder,
    choose_date_order,
    day_of_date,
    month_numbers,
    offset_seconds,
)

_CLOCK = (
    r"(?P<h>\d{1,2}):?(?P<mi>\d{2})?(?::?(?P<s>\d{2})(?:[.,]\d{1,9})?)?\s*(?P<ap>[AaPp]\.?[Mm]\.?)?"
)
_ZONE = r"(?P<z>Z|[A-Z]{3,4}|(?:UTC|GMT)?\s*[+-]\d{1,2}:?(?:\d{2})?)"
_TAIL = rf"(?:(?:T|t|[ ,]+){_CLOCK})?\s*{_ZONE}?$"
_MONTH = r"(?P<name>[A-Za-z]{3})[A-Za-z]*\.?"
_WEEKDAY = r"^(?:(?:[Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)[a-z]*\.?,?\s+)?"
_YEAR_FIRST = rf"^(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_TAIL}"
_YEAR_LAST = rf"{_WEEKDAY}(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<y>\d{{4}}|\d{{2}}){_TAIL}"
_COMPACT = rf"^(?P<y>\d{{4}})(?P<m>\d{{2}})(?P<d>\d{{2}}){_TAIL}"
_COMPACT_CLOCK = r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})T?(?P<h>\d{2})(?P<mi>\d{2})(?P<s>\d{2})?$"
_MONTH_NAME_FIRST = (
    rf"{_WEEKDAY}{_MONTH}[ -](?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?[ -](?P<y>\d{{4}}){_TAIL}"
)
_MONTH_NAME_SECOND = rf"{_WEEKDAY}(?P<d>\d{{1,2}})[ -]?{_MONTH},?[ -]?(?P<y>\d{{4}}|\d{{2}}){_TAIL}"
_PATTERNS = (
    _YEAR_FIRST,
    _YEAR_LAST,
    _COMPACT,
    _COMPACT_CLOCK,
    _MONTH_NAME_FIRST,
    _MONTH_NAME_SECOND,
)
_LONGEST = 64
_COMPILED = tuple(re.compile(pattern) for pattern in _PATTERNS)
_EPOCH = r"^-?\d{1,19}(?:\.\d*)?$|^\d\.\d+[eE]\+?\d{1,2}$"
_SAMPLE_ROWS = 1000
_SMALLEST_EPOCH = 1e8
"""Smaller numbers are counts or serial numbers, not seconds since 1970."""
_LOOKS_COMPACT = (
    r"^(?:1[89]|20|21)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}(?:\d{2})?)?$"
)
_EARLIEST, _LATEST = -98_615 * SECONDS_PER_DAY, 84_371 * SECONDS_PER_DAY
"""1700-01-01 and 2200-12-31: nobody has candles outside."""


@dataclass(frozen=True)
class Times:
    """A column of times, shape (n,) each.

    Attributes
    ----------
    instant : int64 array
        Epoch seconds UTC; naive times are taken as UTC. Meaningless where not `valid`.
    local : int64 array
        What the wall clock shows, as if it were UTC: its days are the dates that cells write.
    valid : bool array
    has_clock : bool
        Some cell writes a time of day.
    zone : str or None
        The one time zone of all cells: ``UTC`` or an offset such as ``+09:00``.
    has_zone : bool
        Some cell writes a time zone, or is an epoch number.
    date_order : DateOrder or None
        How dates such as 1/2/2020 were read, where there are any.
    """

    instant: Ints
    local: Ints
    valid: Mask
    has_clock: bool
    zone: str | None
    has_zone: bool
    date_order: DateOrder | None = None


def parse_times(cells: Strings) -> Times:
    """Read a column of times; cells that are none are marked as not valid."""
    cells = pc.utf8_trim_whitespace(cells)
    for read in (_parse_iso, _parse_epoch):
        times = read(cells)
        if times is not None:
            return times
    return _parse_patterns(cells)


def looks_like_time(cell: str) -> bool:
    """Whether one cell is a date, a date with a time, or a plausible epoch number."""
    if cell.isdigit():
        return len(cell) in (10, 13, 16, 19) or re.match(_LOOKS_COMPACT, cell) is not None
    return 6 <= len(cell) <= _LONGEST and any(pattern.match(cell) for pattern in _COMPILED)


def looks_like_clock(cell: str) -> bool:
    """Whether one cell is a time of day: 9:30, 09:30:00, 093000 or 9:30 AM."""
    if cell.isdigit():
        return re.fullmatch(r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d", cell) is not None
    return ":" in cell and len(cell) <= _LONGEST and re.fullmatch(_CLOCK, cell) is not None


def looks_like_date(cell: str) -> bool:
    """Whether one cell is a date without a time of day, which may stand in the next column."""
    return looks_like_time(cell) and ":" not in cell and (not cell.isdigit() or len(cell) == 8)


def _parse_iso(cells: Strings) -> Times | None:
    lengths = pc.binary_length(cells)
    shortest, longest = pc.min_max(lengths).values()
    if len(cells) == 0 or shortest.as_py() < 10:
        return None
    first = cells[0].as_py()
    if first[4:5] != "-":
        return None
    try:
        if longest.as_py() == 10:
            days = _to_ints(pc.cast(cells, pa.date32()).cast(pa.int32()))
            return _checked(days * SECONDS_PER_DAY, has_clock=False)
        local = pc.utf8_slice_codeunits(cells, 0, 19) if longest.as_py() > 19 else cells
        seconds = _to_ints(pc.cast(local, pa.timestamp("s")).cast(pa.int64()))
        if longest.as_py() <= 19:
            return _checked(seconds)
        if len(first) == longest.as_py() and first[19:20] == "." and first[20:].isdigit():
            pc.cast(cells, pa.timestamp("ns"))  # refuses cells with anything else after the point
            return _checked(seconds)
        utc = pc.cast(cells, pa.timestamp("us", "UTC")).cast(pa.int64())
        instants = _to_ints(utc) // 1_000_000
        offsets = seconds - instants
        zone = _zone_name(int(offsets[0])) if (offsets == offsets[0]).all() else None
        return replace(_checked(seconds), instant=instants, zone=zone, has_zone=True)
    except pa.ArrowInvalid:
        return None


def _parse_epoch(cells: Strings) -> Times | None:
    for some in (cells.slice(0, _SAMPLE_ROWS), cells):
        numeric = to_mask(pc.match_substring_regex(some, _EPOCH))
        if numeric.sum() < max(1, len(some) / 2):
            return None
    compact = to_mask(pc.match_substring_regex(cells, _LOOKS_COMPACT))
    if compact[numeric].mean() > 0.5:
        return None
    values = pc.cast(pc.if_else(pa.array(numeric), cells, "0"), pa.float64())
    numbers = np.clip(values.to_numpy(zero_copy_only=False), -9e18, 9e18)
    magnitude = float(np.median(np.abs(numbers[numeric])))
    if magnitude < _SMALLEST_EPOCH:
        return None
    per_second = next(
        (unit for limit, unit in ((1e11, 1), (1e14, 1e3), (1e17, 1e6)) if magnitude < limit), 1e9
    )
    # Rounding to a microsecond undoes what float64 adds to nanoseconds before seconds are cut.
    seconds = np.floor(np.round(numbers / per_second, 6)).astype(np.int64)
    times = _checked(seconds)
    return replace(times, valid=times.valid & numeric, has_zone=True)


def _parse_patterns(cells: Strings) -> Times:
    count = len(cells)
    instant = np.zeros(count, dtype=np.int64)
    local = np.zeros(count, dtype=np.int64)
    valid = np.zeros(count, dtype=bool)
    open_rows = np.arange(count)
    has_clock = has_zone = False
    offsets_seen: set[int | None] = set()
    order: DateOrder | None = None
    for pattern in _PATTERNS:
        if open_rows.size == 0:
            break
        rest = cells if open_rows.size == count else cells.take(pa.array(open_rows))
        found = pc.extract_regex(rest, pattern)
        matched = to_mask(found.is_valid())
        if not matched.any():
            continue
        found = found.filter(pa.array(matched))
        parts = {field.name: pc.struct_field(found, field.name) for field in found.type}
        if "a" in parts:
            separator = rest[int(np.argmax(matched))].as_py().lstrip("0123456789")[:1]
            order = choose_date_order(
                _numbers(parts["a"]), _numbers(parts["b"]), _numbers(parts["y"]), separator
            )
            parts["m"], parts["d"] = (
                (parts["b"], parts["a"]) if order.day_first else (parts["a"], parts["b"])
            )
        months = month_numbers(parts["name"]) if "name" in parts else _numbers(parts["m"])
        days, ok = day_of_date(_numbers(parts["y"]), months, _numbers(parts["d"]))
        clock, clock_ok, any_clock = _seconds_of_clock(parts)
        offset, offset_ok, zones = offset_seconds(parts["z"]) if "z" in parts else (0, True, {None})
        rows = open_rows[matched]
        local[rows] = days * SECONDS_PER_DAY + clock
        instant[rows] = local[rows] - offset
        valid[rows] = ok & clock_ok & offset_ok
        has_clock |= any_clock
        has_zone |= zones != {None}
        offsets_seen |= zones
        open_rows = open_rows[~matched]
    valid &= (local >= _EARLIEST) & (local <= _LATEST)
    only = next(iter(offsets_seen)) if len(offsets_seen) == 1 else None
    zone = None if only is None else _zone_name(only)
    return Times(instant, local, valid, has_clock, zone, has_zone, order)


def _seconds_of_clock(parts: dict[str, Strings]) -> tuple[Ints, Mask, bool]:
    hours, minutes = _numbers(parts["h"]), _numbers(parts["mi"])
    seconds = _numbers(parts["s"])
    last = (hours == 24) & (minutes == 0) & (seconds == 0)  # ISO 8601: midnight at a day's end
    ok = ((hours < 24) | last) & (minutes < 60) & (seconds < 61)
    if "ap" in parts:
        half = pc.utf8_lower(pc.utf8_slice_codeunits(parts["ap"], 0, 1))
        afternoon, morning = to_mask(pc.equal(half, "p")), to_mask(pc.equal(half, "a"))
        ok &= ~(afternoon | morning) | ((hours >= 1) & (hours <= 12))
        hours = np.where(afternoon, hours % 12 + 12, np.where(morning, hours % 12, hours))
    any_clock = bool(pc.any(pc.not_equal(parts["h"], "")).as_py())
    return hours * 3600 + minutes * 60 + seconds, ok, any_clock


def _numbers(cells: Strings) -> Ints:
    return _to_ints(pc.cast(pc.if_else(pc.equal(cells, ""), "0", cells), pa.int64()))


def _to_ints(values: pa.Array) -> Ints:
    integers: Ints = values.to_numpy(zero_copy_only=False).astype(np.int64)
    return integers


def _checked(seconds: Ints, *, has_clock: bool = True) -> Times:
    """Naive times; those of another age than markets are not valid."""
    valid = (seconds >= _EARLIEST) & (seconds <= _LATEST)
    return Times(seconds, seconds, valid, has_clock, zone=None, has_zone=False)


def _zone_name(offset: int) -> str:
    if offset == 0:
        return "UTC"
    sign = "-" if offset < 0 else "+"
    hours, minutes = divmod(abs(offset) // 60, 60)
    return f"{sign}{hours:02d}:{minutes:02d}"
