"""Candles as columns: their identity, their stored form, their form on the wire."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import ipc, parquet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend_service.market_data.ranges import TimeRange

Source = Literal["upload", "simulated", "yahoo"]
PriceBasis = Literal["raw", "adjusted", "mixed"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PRICE_COLUMNS: Final = ("open", "high", "low", "close")
FLOAT_COLUMNS: Final = (*PRICE_COLUMNS, "volume")
COLUMNS: Final = ("time", *FLOAT_COLUMNS)


class BrokenCandles(ValueError):
    """Columns that are no canonical candles; the message says which and where."""


@dataclass(frozen=True, eq=False)
class Candles:
    """Canonical candles in time order.

    Attributes
    ----------
    time : int64 array, shape (n,)
        Epoch seconds UTC, strictly increasing; n is at least 1.
    open, high, low, close : float64 arrays, shape (n,)
        Positive and finite.
    volume : float64 array, shape (n,)
        Not negative.
    """

    time: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def __len__(self) -> int:
        return int(self.time.shape[0])

    @classmethod
    def from_columns(cls, columns: Mapping[str, object]) -> Candles:
        """Candles from lists or arrays by name.

        Raises
        ------
        BrokenCandles
            A column is missing, is of another length, holds what is no number, or breaks order
            or sign.
        """
        try:
            time = np.ascontiguousarray(columns["time"], dtype="<i8")
            floats = {
                name: np.ascontiguousarray(columns[name], dtype="<f8") for name in FLOAT_COLUMNS
            }
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BrokenCandles(f"a column is missing or is not numeric ({error})") from error
        if time.ndim != 1 or time.size == 0:
            raise BrokenCandles("`time` is empty")
        if (np.diff(time) <= 0).any():
            raise BrokenCandles("`time` does not increase strictly")
        for name, values in floats.items():
            if values.shape != time.shape:
                raise BrokenCandles(f"`{name}` is not as long as `time`")
            at_least = values >= 0 if name == "volume" else values > 0
            if not (np.isfinite(values) & at_least).all():
                raise BrokenCandles(f"`{name}` holds a value that is no price or quantity")
        return cls(time, **floats)

    @cached_property
    def data_hash(self) -> str:
        """SHA-256 (hex) of the six columns, little endian, in the order of the contract."""
        digest = hashlib.sha256()
        for name in COLUMNS:
            digest.update(getattr(self, name).tobytes())
        return digest.hexdigest()

    def to_columns(self) -> dict[str, NDArray[np.int64] | NDArray[np.float64]]:
        """The arrays by name, in the order of the contract."""
        return {name: getattr(self, name) for name in COLUMNS}

    def within(self, limits: TimeRange) -> Candles:
        """The candles whose time lies in `limits`, as views; may be empty."""
        first = 0 if limits.start is None else int(np.searchsorted(self.time, limits.start))
        last = len(self)
        if limits.end is not None:
            last = int(np.searchsorted(self.time, limits.end, side="right"))
        part = slice(first, last)
        return Candles(*(getattr(self, name)[part] for name in COLUMNS))

    def to_arrow(self) -> bytes:
        """Arrow IPC bytes: six columns, compressed; a few bytes a value, readable anywhere."""
        table = pa.table(self.to_columns())
        sink = pa.BufferOutputStream()
        options = ipc.IpcWriteOptions(compression="zstd")
        with ipc.new_file(sink, table.schema, options=options) as writer:
            writer.write_table(table)
        return bytes(sink.getvalue())

    def to_parquet(self) -> bytes:
        """A Parquet file of the six columns: how candles travel to the model service."""
        sink = pa.BufferOutputStream()
        # Prices hardly repeat: a dictionary of them would only cost time.
        parquet.write_table(
            pa.table(self.to_columns()), sink, compression="zstd", use_dictionary=False
        )
        return bytes(sink.getvalue())

    @classmethod
    def from_arrow(cls, stored: bytes) -> Candles:
        """The candles that :meth:`to_arrow` wrote."""
        table = ipc.open_file(pa.BufferReader(stored)).read_all()
        return cls(*(table[name].to_numpy() for name in COLUMNS))
