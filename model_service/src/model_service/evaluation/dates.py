"""Dates as reports and refusals name them."""

from __future__ import annotations

import numpy as np


def date_of(time: int) -> str:
    """The date (UTC) of an epoch second, as ``2019-12-31``."""
    return str(np.datetime64(int(time), "s").astype("datetime64[D]"))
