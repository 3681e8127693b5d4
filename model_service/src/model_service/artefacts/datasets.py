"""Candles in the artefact store: Parquet under ``datasets/``, named by the hash of their columns.

What is asked for by its hash is what was put, bit for bit, or a refusal.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from numpy.typing import NDArray

from model_service.artefacts.candle_parquet import (
    COLUMNS,
    Columns,
    decode_columns,
    encode_columns,
    hash_columns,
)
from model_service.artefacts.store import ArtefactStore
from model_service.errors import (
    ArtefactNotFound,
    BellwetherError,
    CorruptDataset,
    DatasetNotFound,
    InvalidRequest,
    PayloadTooLarge,
)

PREFIX = "datasets"
MAX_BYTES = 64 * 2**20
MAX_ROWS = 1_000_000

_HASH = re.compile(r"[0-9a-f]{64}")
_REMEMBERED = 10_000

_log = structlog.get_logger(__name__)


class CandleArrays(Protocol):
    """What `put_candles` reads of candles: arrays of shape (n,), `time` in epoch seconds UTC."""

    @property
    def time(self) -> NDArray[Any]: ...

    @property
    def open(self) -> NDArray[Any]: ...

    @property
    def high(self) -> NDArray[Any]: ...

    @property
    def low(self) -> NDArray[Any]: ...

    @property
    def close(self) -> NDArray[Any]: ...

    @property
    def volume(self) -> NDArray[Any]: ...


@dataclass(frozen=True)
class DatasetHead:
    """What candles in the store are.

    Attributes
    ----------
    data_hash : str
    candles : int
        How many.
    start, end : int
        Times of the first and the last, epoch seconds UTC.
    """

    data_hash: str
    candles: int
    start: int
    end: int


class DatasetStore:
    """Candles by their hash.

    Parameters
    ----------
    store : ArtefactStore
    check : callable, optional
        Raises `BellwetherError` where columns that are to be put do not form candles.
    max_bytes, max_rows : int
        Of one dataset.
    """

    def __init__(
        self,
        store: ArtefactStore,
        *,
        check: Callable[[Columns], None] | None = None,
        max_bytes: int = MAX_BYTES,
        max_rows: int = MAX_ROWS,
    ) -> None:
        self._store = store
        self._check = check
        self._max_bytes = max_bytes
        self._max_rows = max_rows
        self._lock = threading.Lock()
        self._heads: OrderedDict[str, DatasetHead] = OrderedDict()

    def put(self, data_hash: str, parquet: bytes) -> DatasetHead:
        """Keep the candles of a Parquet file; putting the same again changes nothing.

        They are written anew rather than as they came, and also where they are there already:
        that mends a file that was damaged.

        Raises
        ------
        PayloadTooLarge
            If the file, or what it unpacks to, is larger than the limits.
        InvalidRequest
            If it does not hold these columns, or they do not have this hash (field `data_hash`).
        ArtefactStoreUnavailable
        """
        if len(parquet) > self._max_bytes:
            raise PayloadTooLarge(
                f"The Parquet file is larger than {self._max_bytes / 2**20:g} MiB.",
                field="body",
                limit=self._max_bytes,
            )
        columns = decode_columns(parquet, max_rows=self._max_rows)
        found = hash_columns(columns)
        if found != data_hash:
            raise InvalidRequest(
                f"The candles have the hash {found}, not that of the path.", field="data_hash"
            )
        if self._check is not None:
            self._check(columns)
        return self._write(data_hash, columns)

    def put_candles(self, candles: CandleArrays) -> DatasetHead:
        """Keep candles under their hash.

        Raises
        ------
        ArtefactStoreUnavailable
        """
        columns = {name: getattr(candles, name) for name in COLUMNS}
        return self._write(hash_columns(columns), columns)

    def head(self, data_hash: str) -> DatasetHead:
        """What the candles of a hash are; those that are damaged count as missing.

        Raises
        ------
        DatasetNotFound
        ArtefactStoreUnavailable
        """
        with self._lock:
            known = self._heads.get(data_hash)
        if known is not None and self._store.exists(_name(data_hash)):
            return known
        try:
            columns = self.columns(data_hash)
        except CorruptDataset as error:
            _log.warning("dataset is damaged", data_hash=data_hash, detail=error.detail)
            raise DatasetNotFound(
                f"The candles {data_hash} are damaged in the artefact store; put them again.",
                field="data_hash",
            ) from error
        return self._remember(data_hash, columns)

    def columns(self, data_hash: str) -> dict[str, NDArray[Any]]:
        """Candles as six arrays of shape (n,): `time` int64, the others float64.

        Raises
        ------
        DatasetNotFound
        CorruptDataset
            If the file does not have the hash of its name any more.
        ArtefactStoreUnavailable
        """
        missing = DatasetNotFound(
            f"There are no candles {data_hash[:64]!r} in the artefact store.", field="data_hash"
        )
        if not _HASH.fullmatch(data_hash):
            raise missing
        try:
            parquet = self._store.read(_name(data_hash))
        except ArtefactNotFound:
            raise missing from None
        try:
            columns = decode_columns(parquet, max_rows=MAX_ROWS)
            intact = hash_columns(columns) == data_hash
        except BellwetherError as error:
            raise _corrupt(data_hash) from error
        if not intact:
            raise _corrupt(data_hash)
        return columns

    def _write(self, data_hash: str, columns: Columns) -> DatasetHead:
        self._store.write(_name(data_hash), encode_columns(columns))
        return self._remember(data_hash, columns)

    def _remember(self, data_hash: str, columns: Columns) -> DatasetHead:
        time = columns["time"]
        head = DatasetHead(data_hash, int(time.shape[0]), int(time[0]), int(time[-1]))
        with self._lock:
            self._heads[data_hash] = head
            while len(self._heads) > _REMEMBERED:
                self._heads.popitem(last=False)
        return head


def _name(data_hash: str) -> str:
    return f"{PREFIX}/{data_hash}.parquet"


def _corrupt(data_hash: str) -> CorruptDataset:
    return CorruptDataset(
        f"The candles {data_hash} in the artefact store do not have their hash any more.",
        field="data_hash",
    )
