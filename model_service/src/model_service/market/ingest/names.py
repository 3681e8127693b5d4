"""What a header calls its columns, in the words of many exporters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal

from model_service.market.ingest.numbers import CURRENCY_CODES

Role = Literal[
    "time", "clock", "open", "high", "low", "close", "volume", "adjusted_close", "split", "symbol"
]

# In the order of preference where a file has several.
SYNONYMS: Mapping[Role, tuple[str, ...]] = {
    "time": (
        "datetime", "date time", "timestamp", "date", "time", "unix", "unix timestamp",
        "unix time", "epoch", "open time", "trade date", "trading date", "trading day",
        "session", "day", "date gmt", "gmt time", "utc time", "local time", "timedate",
        "time stamp", "dt", "datum", "zeit", "fecha", "data", "jour",
    ),
    "clock": ("time", "clock", "time of day", "uhrzeit", "hora", "heure"),
    "open": (
        "open", "opening", "o", "eroffnung", "eroffn", "erster", "ouverture", "ouv", "apertura",
        "abertura", "apert",
    ),
    "high": ("high", "h", "max", "hoch", "tageshoch", "plus haut", "haut", "maximo", "massimo"),
    "low": ("low", "l", "min", "tief", "tagestief", "plus bas", "bas", "minimo"),
    "close": (
        "close", "close last", "closing", "close latest", "c", "last", "last traded", "ltp",
        "price", "settle", "settlement", "schluss", "schlusskurs", "zuletzt", "dernier",
        "cloture", "cierre", "chiusura", "ultimo", "fechamento", "slot",
    ),
    "volume": (
        "volume", "vol", "v", "volume traded", "total volume", "traded volume",
        "total traded quantity",
        "quantity", "traded quantity", "shares traded", "no of shares", "tickvol", "tick volume",
        "volumefrom", "volume from", "base volume", "volumen", "volumes", "stucke", "stuecke",
    ),
    "adjusted_close": (
        "adj close", "adjusted close", "adjclose", "close adj", "close adjusted",
        "adjusted closing", "adj closing",
    ),
    "split": (
        "stock splits", "stock split", "split", "splits", "split factor", "split coefficient",
    ),
    "symbol": ("symbol", "ticker", "name", "instrument", "code", "stock", "security"),
}  # fmt: skip
_ALL_SYNONYMS = frozenset(synonym for synonyms in SYNONYMS.values() for synonym in synonyms)
_SINGLE_LETTERS = ("o", "h", "l", "c")
_FILLERS = frozenset({"price", "prices", "px", "rs", "value"} | {c.lower() for c in CURRENCY_CODES})
_NOT_PRICES = re.compile(
    r"%|\b(?:prev|previous|change|chg|pct|percent|volume|vol|vwap|turnover|trades?|dividends?"
    r"|splits?|quantity|qty|count|cap|interest|index|id|no|per|series|deliverable|capital)\b"
)


def normalise(name: str) -> str:
    """A header's words in lower case: ``Adj_Close*`` and ``adjClose`` are ``adj close``."""
    if not name.isascii():
        letters = unicodedata.normalize("NFKD", name)
        name = "".join(letter for letter in letters if not unicodedata.combining(letter))
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    text = re.sub(r"^\s*\d+\s*\.\s*", "", text)  # Alpha Vantage writes "1. open"
    text = re.sub(r"[^a-z0-9%]+", " ", text).strip()
    words = text.split()
    if words[:1] in (["volume"], ["vol"]):
        return " ".join(words)  # "Volume USD" is money; "Volume BTC" beside it is not
    rest = [word for word in words if word not in _FILLERS]
    return " ".join(rest or words)


def could_be_price(name: str) -> bool:
    """Whether an unknown header may name a price column, as ``AAPL`` does."""
    return not _NOT_PRICES.search(normalise(name))


def _known_words(name: str) -> str:
    """The words of a header, told apart by capitals only where that is needed to know them.

    ``oPeN`` is ``open``, and ``adjClose`` is ``adj close``.
    """
    plain = normalise(name.lower())
    return plain if plain in _ALL_SYNONYMS else normalise(name)


def find_roles(names: Sequence[str]) -> dict[Role, list[int]]:
    """Columns of each role by their names, the preferred ones first.

    Columns that share a name stay together in the list, so that callers see the ambiguity.
    """
    words = [_known_words(name) for name in names]
    columns: dict[str, list[int]] = {}
    for index, word in enumerate(words):
        columns.setdefault(word, []).append(index)
    letters = all(letter in columns for letter in _SINGLE_LETTERS)
    roles: dict[Role, list[int]] = {}
    for role, synonyms in SYNONYMS.items():
        for synonym in synonyms:
            if len(synonym) == 1 and not letters:
                continue
            if synonym in columns:
                roles.setdefault(role, []).extend(columns[synonym])
    if "volume" not in roles:
        starts = [i for i, word in enumerate(words) if word.startswith(("volume ", "vol "))]
        if starts:
            roles["volume"] = starts[:1]
    return roles


def name_candidates(names: Sequence[str]) -> str:
    """Column names as one string for a refusal, cut after ten."""
    shown = ", ".join(name.strip()[:40] or "(no name)" for name in names[:10])
    return shown if len(names) <= 10 else f"{shown}, ..."
