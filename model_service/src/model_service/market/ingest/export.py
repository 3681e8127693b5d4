"""Canonical candles as the CSV that ingest reads back without an issue and without a change."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from model_service.market.candles import PRICE_COLUMNS, SECONDS_PER_DAY, Candles


def export_csv(candles: Candles) -> bytes:
    """Candles as CSV: time, open, high, low, close, volume.

    Times are ISO dates where all candles begin at 00:00 UTC, else RFC 3339; numbers are the
    shortest decimals that read back as the same float64.
    """
    seconds = pa.array(candles.time).cast(pa.timestamp("s"))
    if (candles.time % SECONDS_PER_DAY).any():
        time = pc.strftime(seconds, format="%Y-%m-%dT%H:%M:%SZ")
    else:
        time = pc.strftime(seconds, format="%Y-%m-%d")
    names = (*PRICE_COLUMNS, "volume")
    table = pa.table({"time": time, **{name: pa.array(getattr(candles, name)) for name in names}})
    buffer = io.BytesIO()
    buffer.write(",".join(table.column_names).encode() + b"\n")  # Arrow would quote the names
    pacsv.write_csv(table, buffer, pacsv.WriteOptions(include_header=False, quoting_style="none"))
    return buffer.getvalue()
