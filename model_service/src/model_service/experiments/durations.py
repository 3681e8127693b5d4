"""Lengths of time as people write them."""

from __future__ import annotations

import re

from model_service.errors import InvalidRequest

_UNITS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_WRITTEN = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([smhd]?)")


def read_duration(given: object, field: str) -> float:
    """Seconds of a text such as ``90s``, ``30m``, ``1.5h`` or ``2d``; a bare number is seconds.

    Raises
    ------
    InvalidRequest
    """
    found = _WRITTEN.fullmatch(str(given).strip()) if not isinstance(given, bool) else None
    if found is None:
        raise InvalidRequest(
            f"`{field}` is {str(given)[:60]!r}, no length of time such as 90s, 30m or 2h.",
            field=field,
        )
    return float(found[1]) * _UNITS[found[2] or "s"]


def write_duration(seconds: float, *, units: int = 2) -> str:
    """So many units at most: ``8 s``, ``3 min 5 s``, ``2 h 7 min``, ``3 d 4 h``."""
    left = max(0, round(seconds))
    words: list[str] = []
    for name, length in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if left >= length or words or name == "s":
            words.append(f"{left // length} {name}")
            left %= length
    return " ".join(words[:units])
