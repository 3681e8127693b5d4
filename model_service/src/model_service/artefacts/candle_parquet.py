"""Columns of candles as Parquet and back, and the hash that names them.

The hash is `Candles.data_hash` of `market/candles.py`, computed here a second time because
artefacts know only files; a test holds the two against each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from model_service.artefacts.parquet_pages import UnreadablePages, unpacked_bytes
from model_service.errors import InvalidRequest, PayloadTooLarge

COLUMNS = ("time", "open", "high", "low", "close", "volume")
"""In the order in which they are hashed: time in epoch seconds (int64), the others float64."""

Columns = Mapping[str, NDArray[Any]]

_VALUE_BYTES = 8
_PAGE_OVERHEAD_BYTES = 4 * 2**20
"""Of a column: room for a dictionary, for levels and for headers."""
_MAX_ROW_GROUPS = 4_096
_MAX_PAGES, _SPARE_PAGES = 8_192, 16
"""Of a column, and beside its share of them for each row group; usual is one for a megabyte."""
_THRIFT_LIMIT = 1_000_000


def hash_columns(columns: Columns) -> str:
    """SHA-256 (hex) of time, open, high, low, close, volume, little endian, in that order."""
    digest = hashlib.sha256()
    for name in COLUMNS:
        digest.update(np.ascontiguousarray(columns[name], dtype=_dtype(name)).tobytes())
    return digest.hexdigest()


def encode_columns(columns: Columns) -> bytes:
    """Columns as a Parquet file."""
    arrays = {name: np.ascontiguousarray(columns[name], dtype=_dtype(name)) for name in COLUMNS}
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(arrays), sink, compression="zstd", use_dictionary=False)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def decode_columns(parquet: bytes, *, max_rows: int) -> dict[str, NDArray[Any]]:
    """Columns of a Parquet file, each of shape (n,), n from 1 to `max_rows`.

    What the file claims is looked at before anything is unpacked.

    Raises
    ------
    InvalidRequest
        If it is no Parquet file with these six columns of these types and nothing missing.
    PayloadTooLarge
        If it has more rows, or unpacks to more bytes than such rows take.
    """
    try:
        file = pq.ParquetFile(
            pa.BufferReader(parquet),
            thrift_string_size_limit=_THRIFT_LIMIT,
            thrift_container_size_limit=_THRIFT_LIMIT,
        )
        metadata, schema = file.metadata, file.schema_arrow
        _check_schema(schema)
        _check_sizes(parquet, metadata, max_rows)
        table = file.read(columns=list(COLUMNS), use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InvalidRequest("The body is not a Parquet file.", field="body") from error
    if table.num_rows != metadata.num_rows:
        raise InvalidRequest("The Parquet file does not have the rows it names.", field="body")
    return {name: _values(table, name) for name in COLUMNS}


def _dtype(name: str) -> str:
    return "<i8" if name == "time" else "<f8"


def _check_schema(schema: pa.Schema) -> None:
    for name in COLUMNS:
        found = schema.names.count(name)
        if found != 1:
            raise InvalidRequest(
                f"`{name}` is {'missing' if not found else f'there {found} times'}.", field=name
            )
        wanted = pa.int64() if name == "time" else pa.float64()
        if schema.field(name).type != wanted:
            kind = "int64" if name == "time" else "float64"
            raise InvalidRequest(f"`{name}` is not a column of {kind}.", field=name)
    for name in schema.names:
        if name not in COLUMNS:
            raise InvalidRequest(f"`{name[:40]}` is not known here.", field=name[:40])


def _check_sizes(parquet: bytes, metadata: pq.FileMetaData, max_rows: int) -> None:
    rows, groups = metadata.num_rows, metadata.num_row_groups
    if rows < 1 or groups < 1:
        raise InvalidRequest("There are no candles.", field="time")
    if rows > max_rows:
        raise PayloadTooLarge(
            f"There are {rows:,} candles, more than {max_rows:,}.", field="time", limit=max_rows
        )
    if groups > _MAX_ROW_GROUPS:
        raise PayloadTooLarge(
            f"The Parquet file has more than {_MAX_ROW_GROUPS:,} row groups.",
            field="body",
            limit=_MAX_ROW_GROUPS,
        )
    max_pages = _MAX_PAGES // groups + _SPARE_PAGES
    for position, name in enumerate(metadata.schema.names):
        try:
            total = sum(
                _unpacked(parquet, metadata.row_group(group).column(position), max_pages)
                for group in range(groups)
            )
        except UnreadablePages as error:
            raise InvalidRequest(f"`{name}` cannot be read: {error}", field=name) from error
        limit = 2 * _VALUE_BYTES * rows + _PAGE_OVERHEAD_BYTES
        if total > limit:
            raise PayloadTooLarge(
                f"`{name}` unpacks to more than {limit:,} bytes.", field=name, limit=limit
            )


def _unpacked(parquet: bytes, chunk: pq.ColumnChunkMetaData, max_pages: int) -> int:
    start = chunk.data_page_offset
    if chunk.has_dictionary_page and 0 < chunk.dictionary_page_offset < start:
        start = chunk.dictionary_page_offset
    return unpacked_bytes(parquet, start, chunk.total_compressed_size, max_pages=max_pages)


def _values(table: pa.Table, name: str) -> NDArray[Any]:
    column = table.column(name)
    if column.null_count:
        raise InvalidRequest(f"`{name}` has {column.null_count:,} empty values.", field=name)
    return np.ascontiguousarray(column.to_numpy(), dtype=_dtype(name))
