"""Columns of parsed JSON into arrays, each checked as a whole.

A million numbers would take seconds through a validator that looks at one after the other.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from model_service.errors import InvalidRequest, PayloadTooLarge

FIRST_TIME: Final = -62_135_596_800
LAST_TIME: Final = 253_402_300_799
"""The years 1 to 9999: what a date can be written for."""

_NUMBERS: Final = frozenset({int, float})


def read_numbers(field: str, values: Any, max_values: int) -> NDArray[np.float64]:
    """A column of numbers, shape (n,).

    Raises
    ------
    InvalidRequest
        If it is no list, or holds something that is no number.
    PayloadTooLarge
        If there are more than `max_values`.
    """
    if not isinstance(values, list):
        raise InvalidRequest(f"`{field}` has to be a list of numbers.", field=field)
    if len(values) > max_values:
        raise PayloadTooLarge(
            f"`{field}` has {len(values):,} values, more than {max_values:,}.",
            field=field,
            limit=max_values,
        )
    # JSON's true is an int in Python and would pass for 1.
    if not set(map(type, values)) <= _NUMBERS:
        index = next(index for index, value in enumerate(values) if type(value) not in _NUMBERS)
        raise InvalidRequest(f"Value {index + 1} of `{field}` is not a number.", field=field)
    return np.array(values, dtype=np.float64)


def read_times(field: str, values: Any, max_values: int) -> NDArray[np.int64]:
    """A column of epoch seconds, shape (n,); refuses what `read_numbers` does, and fractions."""
    # Every whole number of these years is exact as a float, so 1e9 may stand for 1000000000.
    floats = read_numbers(field, values, max_values)
    bad = ~((floats >= FIRST_TIME) & (floats <= LAST_TIME) & (floats == np.floor(floats)))
    if bad.any():
        index = int(np.argmax(bad))
        raise InvalidRequest(
            f"Value {index + 1} of `{field}` is not a whole number of seconds in the years 1 to "
            "9999.",
            field=field,
        )
    return floats.astype(np.int64)
