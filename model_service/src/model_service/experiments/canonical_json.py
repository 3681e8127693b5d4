"""JSON that is the same wherever the meaning is."""

from __future__ import annotations

from typing import Any

import orjson


def canonical_json(value: Any) -> bytes:
    """Plain values with sorted names, and whole numbers alike, 10 or 10.0 as they were written."""
    return orjson.dumps(_canonical(value), option=orjson.OPT_SORT_KEYS)


def _canonical(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dict):
        return {name: _canonical(below) for name, below in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(below) for below in value]
    return value
