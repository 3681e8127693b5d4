"""Files of headlines as people have them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from backend_service.errors import WHOLE_FILE, InvalidRequest, PayloadTooLarge
from backend_service.market_data.schemas import SYMBOL_LENGTH, SYMBOL_PATTERN
from backend_service.model_client.generated import Issue
from backend_service.news.items import HEADLINE_LENGTH, Headline, clean_text, to_headline
from backend_service.news.publications import read_publication
from backend_service.providers.news import NewsItem, Precision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Column = Literal["date", "headline", "symbol", "source", "url"]

ROW_LIMIT: Final = 100_000
SYMBOL_LIMIT: Final = 1_000
_HEADER_LENGTH: Final = 10_000
_ALIASES: Final[dict[str, Column]] = {
    "date": "date",
    "datetime": "date",
    "time": "date",
    "timestamp": "date",
    "published": "date",
    "published_at": "date",
    "publishedat": "date",
    "headline": "headline",
    "title": "headline",
    "news": "headline",
    "symbol": "symbol",
    "ticker": "symbol",
    "source": "source",
    "publisher": "source",
    "url": "url",
    "link": "url",
}
_SYMBOL: Final = re.compile(SYMBOL_PATTERN)
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2100
_ISSUES: Final = {
    "blank_headline": ("dropped", "The row has no headline."),
    "long_headline": ("converted", f"The headline is cut to {HEADLINE_LENGTH} characters."),
    "link_not_public": ("dropped", "The link is not http or https to a public host."),
    "midnight_is_a_date": (
        "converted",
        "A midnight without a zone is read as a date alone: the headline counts from the next "
        "session.",
    ),
    "not_utf8": ("converted", "The file is not UTF-8 and was read as Windows-1252."),
}


@dataclass(frozen=True, slots=True)
class HeadlineFile:
    """What a file of headlines says; `issues` tells of one kind its first row and how many."""

    headlines: list[Headline]
    issues: list[Issue]


class _Issues:
    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._counts: Counter[str] = Counter()

    def add(self, kind: str, row: int) -> None:
        self._rows.setdefault(kind, row)
        self._counts[kind] += 1

    def listed(self) -> list[Issue]:
        return [
            Issue.model_validate(
                {
                    "row": row,
                    "kind": kind,
                    "action": _ISSUES[kind][0],
                    "message": _ISSUES[kind][1],
                    "count": self._counts[kind],
                }
            )
            for kind, row in self._rows.items()
        ]


def read_headlines(content: bytes, default_symbol: str | None) -> HeadlineFile:
    """The headlines of a CSV file.

    Parameters
    ----------
    content : bytes
        UTF-8 (a byte order mark does no harm), UTF-16 with one, or Windows-1252.
    default_symbol : str or None
        Of rows that name none.

    Raises
    ------
    InvalidRequest
        With the physical line and the column at fault.
    PayloadTooLarge
        More rows than the limit.
    """
    issues = _Issues()
    text = _decode(content, issues)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text))
    headlines: list[Headline] = []
    symbols: set[str] = set()
    for number, (row, cells) in enumerate(_read_rows(reader, default_symbol)):
        if number >= ROW_LIMIT:
            raise PayloadTooLarge(
                f"The file has more than {ROW_LIMIT} rows.", field="file", row=row, limit=ROW_LIMIT
            )
        headline = _read_row(row, cells, default_symbol, issues)
        if headline is not None:
            headlines.append(headline)
            symbols.add(headline.symbol)
        if len(symbols) > SYMBOL_LIMIT:
            raise InvalidRequest(
                f"The file names more than {SYMBOL_LIMIT} symbols.",
                field="symbol",
                row=row,
                limit=SYMBOL_LIMIT,
            )
    if not headlines:
        raise InvalidRequest("The file has no headlines.", field="file", row=WHOLE_FILE)
    return HeadlineFile(headlines, issues.listed())


def _decode(content: bytes, issues: _Issues) -> str:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        if b"\x00" not in content:
            return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\x00" not in content:
            issues.add("not_utf8", WHOLE_FILE)
            return content.decode("cp1252", "replace")
    raise InvalidRequest("The file is no text.", field="file", row=WHOLE_FILE)


def _find_delimiter(text: str) -> str:
    """What stands between the names of the header, the first line that is not blank."""
    header = text.lstrip()[:_HEADER_LENGTH].partition("\n")[0]
    counts = {each: len(_name_columns(header.split(each))) for each in ",;\t|"}
    return max(counts, key=lambda each: counts[each])


def _name_columns(header: Sequence[str]) -> dict[Column, int]:
    """The places of the columns that are known; the first of several of one meaning."""
    places: dict[Column, int] = {}
    for place, name in enumerate(header):
        plain = name.strip().strip('"').strip().casefold().replace(" ", "_")
        column = _ALIASES.get(plain)
        if column is not None:
            places.setdefault(column, place)
    return places


def _read_rows(reader: Any, default_symbol: str | None) -> Iterator[tuple[int, dict[Column, str]]]:
    """Rows by column, with the physical line on which each begins; empty ones are left out."""
    places: dict[Column, int] | None = None
    begins = 1
    try:
        for cells in reader:
            row, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if places is None:
                places = _name_columns(cells)
                _require_columns(places, row, default_symbol)
                continue
            yield (
                row,
                {
                    column: cells[place].strip() if place < len(cells) else ""
                    for column, place in places.items()
                },
            )
    except csv.Error as error:
        raise InvalidRequest(
            f"Line {begins} cannot be read as CSV: {error}.", field="file", row=begins
        ) from error
    if places is None:
        raise InvalidRequest("The file is empty.", field="file", row=WHOLE_FILE)


def _require_columns(places: dict[Column, int], row: int, default_symbol: str | None) -> None:
    needed: list[Column] = ["date", "headline"]
    for column in needed:
        if column not in places:
            raise InvalidRequest(f"The header names no column `{column}`.", field=column, row=row)
    if "symbol" not in places and default_symbol is None:
        raise InvalidRequest(
            "The file has no column `symbol`; name the symbol in the form field.",
            field="symbol",
            row=row,
        )


def _read_row(
    row: int, cells: dict[Column, str], default_symbol: str | None, issues: _Issues
) -> Headline | None:
    symbol = cells.get("symbol") or default_symbol
    if symbol is None or len(symbol) > SYMBOL_LENGTH or not _SYMBOL.fullmatch(symbol):
        what = "No symbol is named" if not symbol else f"`{symbol[:40]}` is no symbol"
        raise InvalidRequest(f"{what} on line {row}.", field="symbol", row=row)
    published_at, precision = _read_date(cells["date"], row, issues)
    text = clean_text(cells["headline"])
    if len(text) > HEADLINE_LENGTH:
        issues.add("long_headline", row)
    item = NewsItem(
        text, published_at, precision, cells.get("source", ""), cells.get("url") or None
    )
    headline = to_headline(symbol, "upload", item)
    if headline is None:
        issues.add("blank_headline", row)
    elif item.url is not None and headline.url is None:
        issues.add("link_not_public", row)
    return headline


def _read_date(text: str, row: int, issues: _Issues) -> tuple[datetime, Precision]:
    try:
        found = read_publication(text)
    except (ValueError, OverflowError, OSError):
        found = None
    if found is None or not _FIRST_YEAR <= found[0].year <= _LAST_YEAR:
        raise InvalidRequest(
            f"`{text[:40]}` on line {row} is no date such as 2019-05-31, no RFC 3339 time and no "
            f"epoch time of the years {_FIRST_YEAR} to {_LAST_YEAR}.",
            field="date",
            row=row,
        )
    published_at, precision, is_guess = found
    if is_guess:
        issues.add("midnight_is_a_date", row)
    return published_at, precision
