"""Numbers as people write them: thousands, decimal commas, currency signs, K/M/B suffixes.

Columns that are already plain are read in one pass; the careful path sees only the other cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from model_service.market.candles import Floats
from model_service.market.ingest.cells import Mask, Strings, to_mask

DecimalMark = Literal["point", "comma"]

MISSING_WORDS = ("", "null", "nan", "na", "n/a", "#n/a", "none", "nil", "-", "--", "—", "–", ".")
CURRENCY_OF_SIGN = {"€": "EUR", "₹": "INR", "£": "GBP", "US$": "USD"}
"""Only signs that mean one currency: `$` and `¥` mean several."""

_CODES = "USD|EUR|GBP|GBX|INR|JPY|CHF|CAD|AUD|NZD|HKD|SGD|CNY|KRW|SEK|NOK|DKK|PLN|BRL|ZAR"
CURRENCY_CODES = frozenset(_CODES.split("|"))
_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_SIGN_BEFORE = rf"^([+-]?)\s*(?:{_CODES}|US\$|[Rr]s\.?|\p{{Sc}})\s*([+-]?)"
_SIGN_AFTER = rf"\s*(?:{_CODES}|\p{{Sc}})$"
_SUFFIX = r"^(?P<number>.*\d[.,]?)\s*(?P<letter>[KkMmBbTt])(?:n|io|rd)?\.?$"
_ENDS_IN_LETTER = r"[A-Za-z]\.?$"
_SPACES = r"[\s'’\x{a0}\x{202f}]"
_EXPONENT = {"k": "e3", "m": "e6", "b": "e9", "t": "e12"}
_SPACE_GROUPS = r"^[+-]?\d{1,3}(?:[\s'’\x{a0}\x{202f}]\d{3})+(?:[.,]\d*)?$"
_COMMA_GROUPS = r"^[+-]?\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d*)?$"
_POINT_GROUPS = r"^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?$"
_DECIMAL_COMMA = r"^[+-]?\d*,\d*$"
_PROVES_POINT = r"\d,\d{3}\.\d|\d,\d{2,3},\d{3}|\d,\d{3}\.$"
_PROVES_COMMA = r"\d\.\d{3},\d|^\D*\d+,(?:\d{1,2}|\d{4,})\D*$|^\D*0,\d|^\D*,\d"


@dataclass(frozen=True)
class Numbers:
    """A column of numbers, shape (n,) each.

    Attributes
    ----------
    values : float64 array
        NaN where there is no number.
    missing, unreadable, accounting : bool arrays
        Cells that say "no value"; cells that are no number; ``(123)``, an accountant's negative.
    """

    values: Floats
    missing: Mask
    unreadable: Mask
    accounting: Mask


def find_decimal_mark(columns: Sequence[Strings], delimiter: str) -> DecimalMark:
    """Which of ``1,5`` and ``1.5`` the cells of these columns mean.

    Cells that only one reading explains decide, by majority; where there is none (``1,234``
    everywhere), a comma is a decimal comma in files whose cells are parted by something else.
    """
    point = comma = 0
    with_comma = False
    for column in columns:
        cells = column.filter(pc.match_substring(column, ","))
        if len(cells) == 0:
            continue
        with_comma = True
        point += _count(cells, _PROVES_POINT)
        comma += _count(cells, _PROVES_COMMA)
    if not with_comma:
        return "point"
    if point == comma:
        return "point" if delimiter == "," else "comma"
    return "point" if point > comma else "comma"


def parse_numbers(cells: Strings, mark: DecimalMark = "point") -> Numbers:
    """Read a column of numbers; nothing is guessed that the cell does not say."""
    nothing = np.zeros(len(cells), dtype=bool)
    if mark == "point":
        try:
            values = _to_floats(cells)
        except pa.ArrowInvalid:
            pass
        else:
            missing = np.isnan(values)
            return Numbers(values, missing, nothing, nothing)
    cells = pc.utf8_trim_whitespace(cells)
    plain = pc.match_substring_regex(cells, _PLAIN)
    if mark == "comma":
        # A point parts thousands here, so 1.234 is not plain.
        plain = pc.and_not(plain, pc.match_substring(cells, "."))
    values = _to_floats(pc.if_else(plain, cells, None))
    careful = np.flatnonzero(~to_mask(plain))
    missing, unreadable, accounting = nothing, nothing.copy(), nothing.copy()
    missing = nothing.copy()
    if careful.size:
        rest = _parse_carefully(cells.take(pa.array(careful)), mark)
        values = values.copy()
        values[careful] = rest.values
        missing[careful] = rest.missing
        unreadable[careful] = rest.unreadable
        accounting[careful] = rest.accounting
    return Numbers(values, missing, unreadable, accounting)


def find_currency(cells: Strings) -> str | None:
    """The ISO 4217 code that all of these cells begin or end with, where it is beyond doubt."""
    found = pc.extract_regex(
        pc.utf8_trim_whitespace(cells),
        rf"^(?P<before>{_CODES}|US\$|\p{{Sc}})?.*?(?P<after>{_CODES}|\p{{Sc}})?$",
    )
    marks = set()
    for name in ("before", "after"):
        marks.update(pc.unique(pc.struct_field(found, name)).to_pylist())
    codes = {CURRENCY_OF_SIGN.get(mark, mark) for mark in marks if mark}
    if len(codes) != 1:
        return None
    code = codes.pop()
    return code if code in CURRENCY_CODES else None


def _parse_carefully(cells: Strings, mark: DecimalMark) -> Numbers:
    missing = to_mask(pc.is_in(pc.utf8_lower(cells), pa.array(MISSING_WORDS)))
    accounting = to_mask(pc.match_substring_regex(cells, r"^\p{Sc}?\s*\(.*\d.*\)$"))
    text = pc.replace_substring_regex(cells, _SIGN_BEFORE, r"\1\2")
    text = pc.replace_substring_regex(text, _SIGN_AFTER, "")
    text, exponents = _split_suffix(text)
    spaced = pc.match_substring_regex(text, _SPACE_GROUPS)
    if to_mask(spaced).any():
        text = pc.if_else(spaced, pc.replace_substring_regex(text, _SPACES, ""), text)
    if mark == "point":
        grouped = pc.match_substring_regex(text, _COMMA_GROUPS)
        text = pc.if_else(grouped, pc.replace_substring(text, ",", ""), text)
    else:
        grouped = pc.match_substring_regex(text, _POINT_GROUPS)
        text = pc.if_else(grouped, pc.replace_substring(text, ".", ""), text)
        decimal = pc.match_substring_regex(text, _DECIMAL_COMMA)
        text = pc.if_else(decimal, pc.replace_substring(text, ",", "."), text)
    if exponents is not None:
        # Writing the exponent keeps the rounding of the decimal number: 176.05M is 176050000.
        text = pc.binary_join_element_wise(text, exponents, "")
    plain = pc.match_substring_regex(text, _PLAIN)
    values = _to_floats(pc.if_else(plain, text, None))
    unreadable = ~to_mask(plain) & ~missing
    return Numbers(values, missing, unreadable, accounting)


def _split_suffix(text: Strings) -> tuple[Strings, Strings | None]:
    """Numbers without their K, M, B or T, and what these stand for, where any cell has one."""
    if not to_mask(pc.match_substring_regex(text, _ENDS_IN_LETTER)).any():
        return text, None
    suffixed = pc.extract_regex(text, _SUFFIX)
    letters = pc.utf8_lower(pc.struct_field(suffixed, "letter"))
    index = pc.index_in(letters, pa.array(list(_EXPONENT)))
    exponents = pc.fill_null(pa.array(list(_EXPONENT.values())).take(index), "")
    return pc.coalesce(pc.struct_field(suffixed, "number"), text), exponents


def _to_floats(cells: Strings) -> Floats:
    values: Floats = pc.cast(cells, pa.float64()).to_numpy(zero_copy_only=False)
    return values


def _count(cells: Strings, pattern: str) -> int:
    return int(to_mask(pc.match_substring_regex(cells, pattern)).sum())
