"""Which column of the file plays which part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from model_service.errors import UnreadableCsv
from model_service.market.ingest.issues import IssueLog
from model_service.market.ingest.layout import Layout, is_number
from model_service.market.ingest.names import (
    Role,
    could_be_price,
    find_roles,
    name_candidates,
    normalise,
)
from model_service.market.ingest.numbers import MISSING_WORDS
from model_service.market.ingest.times import looks_like_clock, looks_like_date, looks_like_time

OHLC: tuple[Role, ...] = ("open", "high", "low", "close")
MAX_CHOICES = 100
"""Most price columns that a refusal offers to choose from."""
_SHOWN = 60
_GUESSED: tuple[Role, ...] = (*OHLC, "volume")


@dataclass(frozen=True)
class Columns:
    """Positions of the columns that are read.

    Attributes
    ----------
    time, close : int
    clock : int or None
        Time of day, where it stands in a column of its own.
    prices : mapping
        Role -> position of those of open, high, low and close that the file has.
    volume, adjusted_close, split, symbol : int or None
    names : tuple of str
        Names of all columns, as written or as guessed.
    """

    time: int
    clock: int | None
    prices: Mapping[Role, int]
    volume: int | None
    adjusted_close: int | None
    split: int | None
    symbol: int | None
    names: tuple[str, ...]

    def name(self, column: int) -> str:
        """What a sentence calls a column: its header, not too long, or its place."""
        return self.names[column].strip()[:_SHOWN] or f"column {column + 1}"


def find_columns(layout: Layout, column: str | None, log: IssueLog) -> Columns:
    """Match columns with their roles, by name where there is a header, else by content.

    Raises
    ------
    UnreadableCsv
        No time, no price, or several price columns and no `column` that picks one.
    """
    if not layout.has_header:
        return _guess_columns(layout, column, log)
    roles = find_roles(layout.names)
    time = _find_time(layout, roles)
    clock = _find_clock(layout, time, roles.get("clock", []))
    taken = {time, clock}
    prices: dict[Role, int] = {}
    for role in OHLC:
        options = [index for index in roles.get(role, []) if index not in taken]
        if options and column is None:
            _refuse_ambiguity(layout, [i for i in options if _same_name(layout, i, options[0])])
        if options:
            prices[role] = options[0]
    adjusted = _first(roles, "adjusted_close", taken)
    if column is not None:
        chosen = _find_named(layout, column)
        if chosen != prices.get("close"):
            adjusted = None
        prices["close"] = chosen
    elif "close" not in prices:
        prices["close"] = _find_only_price(layout, roles, taken, adjusted)
        if prices["close"] == adjusted:
            adjusted = None
    return Columns(
        time=time,
        clock=clock,
        prices=prices,
        volume=_first(roles, "volume", taken),
        adjusted_close=adjusted,
        split=_first(roles, "split", taken),
        symbol=_first(roles, "symbol", taken),
        names=layout.names,
    )


def _find_time(layout: Layout, roles: Mapping[Role, list[int]]) -> int:
    named = [index for index in roles.get("time", []) if _most(layout, index, looks_like_time)]
    # Where several columns are times, the one that tells most rows apart is the candles' own.
    if named:
        return max(named, key=lambda index: (_distinct(layout, index), -named.index(index)))
    for index in range(len(layout.names)):
        if _most(layout, index, looks_like_time):
            return index
    if roles.get("time"):
        return roles["time"][0]
    raise UnreadableCsv(
        f"No column holds times; the columns are {name_candidates(layout.names)}.",
        field="time",
        row=layout.header_line,
    )


def _find_clock(layout: Layout, time: int, options: Sequence[int]) -> int | None:
    if not _most(layout, time, looks_like_date):
        return None
    return next((i for i in options if i != time and _most(layout, i, looks_like_clock)), None)


def _find_only_price(
    layout: Layout, roles: Mapping[Role, list[int]], taken: set[int | None], adjusted: int | None
) -> int:
    if adjusted is not None:
        return adjusted
    known = {index for role in roles if role != "close" for index in roles[role]}
    options = [
        index
        for index, name in enumerate(layout.names)
        if index not in taken | known
        and could_be_price(name)
        and _most(layout, index, is_number)
        and not _most(layout, index, looks_like_time)
    ]
    if not options:
        raise UnreadableCsv(
            "No column holds closing prices.", field="close", row=layout.header_line
        )
    _refuse_ambiguity(layout, options)
    return options[0]


def _refuse_ambiguity(layout: Layout, options: Sequence[int]) -> None:
    if len(options) > 1:
        names = [layout.names[index].strip() for index in options]
        raise UnreadableCsv(
            f"The file has several price columns ({name_candidates(names)}); name one as `column`.",
            field="column",
            row=layout.header_line,
            choices=names[:MAX_CHOICES],
        )


def _find_named(layout: Layout, column: str) -> int:
    for key in (str, str.strip, lambda name: name.strip().casefold(), normalise):
        for index, name in enumerate(layout.names):
            if key(name) == key(column):
                return index
    raise UnreadableCsv(
        f"The file has no column `{column[:100]}`.", field="column", row=layout.header_line
    )


def _guess_columns(layout: Layout, column: str | None, log: IssueLog) -> Columns:
    if column is not None:
        raise UnreadableCsv(
            "The file has no header, so no column has a name.", field="column", row=1
        )
    width = len(layout.names)
    time = next((i for i in range(width) if _most(layout, i, looks_like_time)), None)
    if time is None:
        raise UnreadableCsv("No column holds times.", field="time", row=1)
    clock = _find_clock(layout, time, [time + 1] if time + 1 < width else [])
    start = time + 1 if clock is None else clock + 1
    numeric = [index for index in range(start, width) if _most(layout, index, is_number)]
    if len(numeric) < len(OHLC):
        raise UnreadableCsv(
            "The file has no header, and fewer than four columns of numbers follow the time.",
            field="close",
            row=1,
        )
    found: dict[Role, int] = dict(zip(_GUESSED, numeric, strict=False))
    names = [f"column_{index + 1}" for index in range(width)]
    names[time] = "time"
    if clock is not None:
        names[clock] = "clock"
    for role, index in found.items():
        names[index] = role
    log.add_file(
        "no_header",
        "converted",
        "The file has no header; the columns were read as time, open, high, low, close"
        f"{', volume' if 'volume' in found else ''}.",
    )
    return Columns(
        time=time,
        clock=clock,
        prices={role: found[role] for role in OHLC},
        volume=found.get("volume"),
        adjusted_close=None,
        split=None,
        symbol=None,
        names=tuple(names),
    )


def _first(roles: Mapping[Role, list[int]], role: Role, taken: set[int | None]) -> int | None:
    return next((index for index in roles.get(role, []) if index not in taken), None)


def _same_name(layout: Layout, index: int, other: int) -> bool:
    return normalise(layout.names[index]) == normalise(layout.names[other])


def _cells(layout: Layout, index: int) -> list[str]:
    cells = (r.cells[index].strip() for r in layout.sample if index < len(r.cells))
    return [cell for cell in cells if cell.lower() not in MISSING_WORDS]


def _most(layout: Layout, index: int, test: Callable[[str], bool]) -> bool:
    cells = _cells(layout, index)
    return 2 * sum(map(test, cells)) > len(cells)


def _distinct(layout: Layout, index: int) -> int:
    return len(set(_cells(layout, index)))
