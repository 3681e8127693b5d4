"""Candles under their hash: what comes back is what was put, and nothing else is taken."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from structlog.testing import capture_logs

from model_service.artefacts import candle_parquet, datasets
from model_service.artefacts.candle_parquet import COLUMNS, decode_columns, hash_columns
from model_service.artefacts.datasets import DatasetHead, DatasetStore
from model_service.artefacts.parquet_pages import UnreadablePages, unpacked_bytes
from model_service.errors import (
    CorruptDataset,
    DatasetNotFound,
    InvalidCandles,
    InvalidRequest,
    PayloadTooLarge,
)


def columns_of(candles):
    return {name: getattr(candles, name) for name in COLUMNS}


def parquet_of(columns, **options):
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, **options)
    return sink.getvalue()


@pytest.fixture
def candles(random_candles):
    return random_candles(300)


@pytest.fixture
def store(artefact_store):
    return DatasetStore(artefact_store)


def test_the_hash_is_that_of_the_candles(random_candles):
    for count, seed in itertools.product((1, 2, 500), (0, 1)):
        candles = random_candles(count, seed=seed)
        assert hash_columns(columns_of(candles)) == candles.data_hash


def test_candles_come_back_bit_for_bit(store, candles):
    head = store.put_candles(candles)
    assert head == DatasetHead(candles.data_hash, 300, int(candles.time[0]), int(candles.time[-1]))
    columns = store.columns(candles.data_hash)
    assert tuple(columns) == COLUMNS
    for name, values in columns.items():
        assert values.dtype == (np.int64 if name == "time" else np.float64)
        np.testing.assert_array_equal(values, getattr(candles, name))


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "brotli", "lz4", "zstd"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_parquet_of_any_writer_is_taken(store, artefact_store, candles, compression, version):
    columns = dict(reversed(columns_of(candles).items()))
    parquet = parquet_of(
        columns, compression=compression, data_page_version=version, row_group_size=77
    )
    head = store.put(candles.data_hash, parquet)
    assert store.put(candles.data_hash, parquet) == head
    for each in (store, DatasetStore(artefact_store)):
        assert each.head(candles.data_hash) == head
        assert hash_columns(each.columns(candles.data_hash)) == candles.data_hash
    assert artefact_store.names("datasets") == [f"datasets/{candles.data_hash}.parquet"]


@pytest.mark.parametrize("data_hash", ["0" * 64, "", "../x", "A" * 64, "0" * 63])
def test_what_is_not_there_is_said(store, data_hash):
    for ask in (store.head, store.columns):
        with pytest.raises(DatasetNotFound) as refused:
            ask(data_hash)
        assert refused.value.field == "data_hash"


def test_another_hash_is_refused(store, artefact_store, candles):
    with pytest.raises(InvalidRequest, match=candles.data_hash) as refused:
        store.put("0" * 64, parquet_of(columns_of(candles)))
    assert refused.value.field == "data_hash"
    assert artefact_store.names("") == []


def test_columns_that_are_no_candles_are_refused(artefact_store, candles):
    def check(columns):
        raise InvalidCandles("`close` of candle 1 is 0.0.", field="close")

    store = DatasetStore(artefact_store, check=check)
    with pytest.raises(InvalidCandles):
        store.put(candles.data_hash, parquet_of(columns_of(candles)))
    assert artefact_store.names("") == []


def test_a_damaged_file_is_noticed_and_mended_by_putting_it_again(store, artefact_store, candles):
    head = store.put_candles(candles)
    name = f"datasets/{candles.data_hash}.parquet"
    intact = artefact_store.read(name)
    other = parquet_of(columns_of(candles) | {"volume": candles.volume + 1.0})
    flipped = bytearray(intact)
    flipped[len(flipped) // 3] ^= 4
    for content in (b"", intact[:-20], other, bytes(flipped)):
        artefact_store.write(name, content)
        with pytest.raises(CorruptDataset):
            store.columns(candles.data_hash)
        with capture_logs() as logs, pytest.raises(DatasetNotFound, match="put them again"):
            DatasetStore(artefact_store).head(candles.data_hash)
        assert [log["event"] for log in logs] == ["dataset is damaged"]
    assert store.put(candles.data_hash, parquet_of(columns_of(candles))) == head
    assert DatasetStore(artefact_store).head(candles.data_hash) == head


def test_one_that_was_removed_is_gone(store, artefact_store, candles):
    store.put_candles(candles)
    artefact_store.remove(datasets.PREFIX)
    with pytest.raises(DatasetNotFound):
        store.head(candles.data_hash)


def without(columns, name):
    return {each: values for each, values in columns.items() if each != name}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda c: without(c, "close"), "close"),
        (lambda c: without(c, "time"), "time"),
        (lambda c: c | {"time": c["time"].astype(np.float64)}, "time"),
        (lambda c: c | {"time": c["time"].astype(np.int32)}, "time"),
        (lambda c: c | {"time": pa.array(c["time"], pa.timestamp("s"))}, "time"),
        (lambda c: c | {"open": c["open"].astype(np.float32)}, "open"),
        (lambda c: c | {"volume": c["volume"].astype(np.int64)}, "volume"),
        (lambda c: c | {"volume": c["volume"].astype(str)}, "volume"),
        (lambda c: c | {"close": [[value] for value in c["close"]]}, "close"),
        (lambda c: c | {"low": [None, *c["low"][1:]]}, "low"),
        (lambda c: c | {"symbol": ["X"] * 300}, "symbol"),
        (lambda c: {name: values[:0] for name, values in c.items()}, "time"),
    ],
)
def test_other_columns_are_refused_by_name(artefact_store, candles, change, field):
    parquet = parquet_of(change(columns_of(candles)))
    with pytest.raises(InvalidRequest) as refused:
        DatasetStore(artefact_store).put(candles.data_hash, parquet)
    assert refused.value.field == field
    assert artefact_store.names("") == []


@pytest.mark.parametrize("body", [b"", b"PAR1", b"PAR1PAR1", b"a,b\n1,2\n", b"PAR1" * 100])
def test_what_is_no_parquet_is_refused(body):
    with pytest.raises(InvalidRequest) as refused:
        decode_columns(body, max_rows=10)
    assert refused.value.field == "body"


def test_any_damage_is_a_refusal_and_never_another_error(candles):
    intact = parquet_of(columns_of(candles), compression="zstd")
    random = np.random.default_rng(0)
    for _ in range(400):
        damaged = bytearray(intact)
        for position in random.integers(0, len(damaged), random.integers(1, 4)):
            damaged[position] = random.integers(0, 256)
        try:
            decode_columns(bytes(damaged), max_rows=1_000)
        except (InvalidRequest, PayloadTooLarge):
            continue


def test_more_rows_than_allowed_are_refused_before_they_are_read(artefact_store, candles):
    store = DatasetStore(artefact_store, max_rows=299)
    with pytest.raises(PayloadTooLarge) as refused:
        store.put(candles.data_hash, parquet_of(columns_of(candles)))
    assert (refused.value.field, refused.value.limit) == ("time", 299)


def test_more_bytes_than_allowed_are_refused(artefact_store, candles):
    parquet = parquet_of(columns_of(candles))
    with pytest.raises(PayloadTooLarge) as refused:
        DatasetStore(artefact_store, max_bytes=len(parquet) - 1).put(candles.data_hash, parquet)
    assert refused.value.limit == len(parquet) - 1
    DatasetStore(artefact_store, max_bytes=len(parquet)).put(candles.data_hash, parquet)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_pages_say_what_they_unpack_to(candles, version):
    parquet = parquet_of(
        columns_of(candles), use_dictionary=False, compression="zstd", data_page_version=version
    )
    chunk = pq.read_metadata(io.BytesIO(parquet)).row_group(0).column(1)
    start, length = chunk.data_page_offset, chunk.total_compressed_size
    # Levels may be counted in or not; the values are 8 bytes each.
    assert 300 * 8 <= unpacked_bytes(parquet, start, length, max_pages=1) <= 300 * 9
    for reason, arguments, pages in (
        ("reaches beyond", (parquet, start, length - 1), 1),
        ("outside", (parquet, 0, len(parquet) + 1), 1),
        ("more than 0 pages", (parquet, start, length), 0),
        ("cut short", (parquet, start, 5), 1),
    ):
        with pytest.raises(UnreadablePages, match=reason):
            unpacked_bytes(*arguments, max_pages=pages)


def test_pages_that_unpack_to_more_than_such_rows_take_are_refused(candles, monkeypatch):
    """Whatever the footer says: a page's own header is what a reader makes room for."""
    monkeypatch.setattr(candle_parquet, "_PAGE_OVERHEAD_BYTES", 0)
    parquet = bytearray(parquet_of(columns_of(candles), use_dictionary=False, compression="none"))
    decode_columns(bytes(parquet), max_rows=300)
    start = pq.read_metadata(io.BytesIO(parquet)).row_group(0).column(1).data_page_offset
    # Type of the page, then its size unpacked: two bytes of seven bits, twice the size.
    assert parquet[start] == parquet[start + 2] == 0x15
    assert parquet[start + 3] >= 128 > parquet[start + 4]
    parquet[start + 3 : start + 5] = b"\xfe\x7f"
    with pytest.raises(PayloadTooLarge, match="unpacks to more than 4,800 bytes") as refused:
        decode_columns(bytes(parquet), max_rows=300)
    assert refused.value.field == "open"
