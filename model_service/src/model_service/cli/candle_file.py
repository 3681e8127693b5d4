"""Reading a file of candles, and writing one whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from model_service.errors import InvalidRequest
from model_service.market.candles import Candles
from model_service.market.ingest import MAX_BYTES, export_csv


def read_file(path: Path) -> bytes:
    """Bytes of a file; no more than ingest could take are read.

    Raises
    ------
    InvalidRequest
        The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.", field=str(path)) from None


def write_candles(path: Path, candles: Candles) -> None:
    """Write canonical CSV beside the target and move it there.

    Raises
    ------
    InvalidRequest
        The file cannot be written.
    """
    building = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        try:
            with building.open("xb") as file:
                file.write(export_csv(candles))
                file.flush()
                os.fsync(file.fileno())
            building.replace(path)
        finally:
            building.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidRequest(
            f"{path} cannot be written: {error.strerror}.", field="output"
        ) from None
