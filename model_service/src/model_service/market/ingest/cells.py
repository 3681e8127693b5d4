"""The two types in which the cells of a file travel between the modules of ingest."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Mask: TypeAlias = NDArray[np.bool_]
Strings: TypeAlias = pa.StringArray
"""One column of the file: UTF-8 cells, an empty cell is an empty string."""


def to_mask(values: pa.BooleanArray) -> Mask:
    """A boolean Arrow array without nulls as a NumPy one."""
    mask: Mask = values.to_numpy(zero_copy_only=False).astype(bool)
    return mask
