"""The symbol of a series: as given, or as the file's name tells it."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from model_service.errors import InvalidRequest
from model_service.market.candles import MAX_SYMBOL_LENGTH, SYMBOL_PATTERN
from model_service.market.ingest.container import WHOLE_FILE

_SYMBOL = re.compile(SYMBOL_PATTERN)
_SUFFIXES = re.compile(r"(?:\.(?:csv|tsv|txt|gz|zip))+$", re.IGNORECASE)


def symbol_of_file(file_name: str) -> str:
    """The symbol that a file's name stands for: ``0700.HK_2012-1-1.csv`` is ``0700.HK``.

    Raises
    ------
    InvalidRequest
        Nothing of the name can be part of a symbol.
    """
    name = PurePosixPath(file_name.replace("\\", "/")).name
    stem = _SUFFIXES.sub("", name).split("_", 1)[0]
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9.^=&-]+", "-", plain.strip()).lstrip(".=_&-").rstrip("-")
    symbol = words[:MAX_SYMBOL_LENGTH]
    if not symbol:
        raise InvalidRequest(
            "The file's name begins with nothing that can be a symbol; give `symbol`.",
            field="symbol",
            row=WHOLE_FILE,
        )
    return symbol


def check_symbol(symbol: str) -> str:
    """The symbol itself, where the contract allows it.

    Raises
    ------
    InvalidRequest
        It does not.
    """
    if len(symbol) > MAX_SYMBOL_LENGTH or not _SYMBOL.fullmatch(symbol):
        raise InvalidRequest(
            "`symbol` has 1 to 32 letters, digits or any of . ^ = _ & -, and begins with a letter, "
            "a digit or ^.",
            field="symbol",
            row=WHOLE_FILE,
        )
    return symbol
