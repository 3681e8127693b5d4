"""Amounts in a text, and which of two is the greater."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from model_service.sentiment.lite.words import number_value

_THOUSAND, _LAKH, _MILLION, _CRORE, _BILLION, _TRILLION = 1e3, 1e5, 1e6, 1e7, 1e9, 1e12
UNITS: Final[dict[str, float]] = {
    "thousand": _THOUSAND, "k": _THOUSAND, "lakh": _LAKH, "lakhs": _LAKH,
    "mn": _MILLION, "mln": _MILLION, "million": _MILLION, "millions": _MILLION, "m": _MILLION,
    "meur": _MILLION, "msek": _MILLION, "crore": _CRORE, "crores": _CRORE, "cr": _CRORE,
    "bn": _BILLION, "bln": _BILLION, "billion": _BILLION, "billions": _BILLION, "b": _BILLION,
    "tn": _TRILLION, "trillion": _TRILLION,
}  # fmt: skip

CURRENCIES: Final[dict[str, str]] = {
    "€": "eur", "euro": "eur", "euros": "eur", "eur": "eur", "meur": "eur", "$": "usd",
    "dollar": "usd", "dollars": "usd", "usd": "usd", "us$": "usd", "£": "gbp", "pound": "gbp",
    "pounds": "gbp", "gbp": "gbp", "rs": "inr", "rupees": "inr", "inr": "inr", "re": "inr",
    "₹": "inr", "sek": "sek", "msek": "sek", "kronor": "sek", "nok": "nok", "dkk": "dkk",
    "eek": "eek", "lvl": "lvl", "ltl": "ltl", "pln": "pln", "chf": "chf", "jpy": "jpy",
    "yen": "jpy", "rub": "rub", "rouble": "rub", "roubles": "rub", "hkd": "hkd", "sgd": "sgd",
    "cad": "cad", "aud": "aud", "cny": "cny", "yuan": "cny",
}  # fmt: skip

_PERCENT_WORDS: Final = frozenset(
    ("%", "percent", "per cent", "percentage", "percentage points", "percentage point")
).union(("pct", "pc", "pp", "basis points", "bps"))
_MONTHS: Final = frozenset((
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep",
    "sept", "oct", "nov", "dec", "quarter",
))  # fmt: skip
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2100
_FAR: Final = 50.0
"""Amounts without a unit that differ by more than this factor are not of one quantity."""


@dataclass(slots=True)
class Amount:
    """A number with what stands around it.

    Attributes
    ----------
    value : float
        Without its unit.
    unit : float or None
        Factor of the unit that is written, None where there is none.
    currency : str or None
    percent : bool
    place : int
        Of the number among the tokens.
    """

    value: float
    unit: float | None
    currency: str | None
    percent: bool
    place: int


def read_amount(tokens: Sequence[str], place: int) -> Amount | None:
    """The amount whose number stands at `place`; None for a year or a day of a month."""
    token = tokens[place]
    after = tokens[place + 1] if place + 1 < len(tokens) else ""
    before = tokens[place - 1] if place else ""
    unit = UNITS.get(after)
    percent = after in _PERCENT_WORDS
    currency = CURRENCIES.get(before) or CURRENCIES.get(after)
    if currency is None and unit is not None and place + 2 < len(tokens):
        currency = CURRENCIES.get(tokens[place + 2])
    if currency is None and unit is None and not percent:
        if after in _MONTHS or before in _MONTHS:
            return None
        if len(token) == 4 and token.isdigit() and _EARLIEST_YEAR <= int(token) <= _LATEST_YEAR:
            return None
    return Amount(number_value(token), unit, currency, percent, place)


def compare(now: Amount, then: Amount) -> int | None:
    """1 where `now` is more than `then`, -1 where it is less, 0 where they are equal.

    None where the two are not of one kind. A unit that is left out is that of the other.
    """
    if now.percent != then.percent and (now.currency or then.currency):
        return None
    if now.currency and then.currency and now.currency != then.currency:
        return None
    now_unit = now.unit or then.unit or 1.0
    then_unit = then.unit or now.unit or 1.0
    a, b = now.value * now_unit, then.value * then_unit
    if now.unit is None and then.unit is None and a > 0 < b and not 1 / _FAR < a / b < _FAR:
        return None
    return (a > b) - (a < b)
