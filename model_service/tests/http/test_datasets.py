"""/datasets/{data_hash}: the HTTP side; what a Parquet file may hold is tested beside the store."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from model_service.artefacts.candle_parquet import hash_columns

PARQUET = "application/vnd.apache.parquet"


def parquet_of(columns):
    sink = io.BytesIO()
    types = {name: pa.int64() if name == "time" else pa.float64() for name in columns}
    pq.write_table(pa.table(columns, schema=pa.schema(types)), sink)
    return sink.getvalue()


@pytest.fixture
def settings(settings, artefact_url):
    """On a folder, then on S3."""
    return settings.model_copy(
        update={"artefacts_url": artefact_url, "artefacts_timeout_seconds": 5.0}
    )


@pytest.fixture
def put(client):
    def send(data_hash, body, content_type=PARQUET):
        return client.put(f"/datasets/{data_hash}", data=body, content_type=content_type)

    return send


def test_what_was_put_is_there(put, client, random_candles, columns_of, problem_of):
    candles = random_candles(100)
    address = f"/datasets/{candles.data_hash}"
    problem_of(client.get(address), 404, "dataset-not-found")
    expected = {
        "data_hash": candles.data_hash,
        "candles": 100,
        "start": int(candles.time[0]),
        "end": int(candles.time[-1]),
    }
    for _ in range(2):
        answer = put(candles.data_hash, parquet_of(columns_of(candles)))
        assert (answer.status_code, answer.get_json()) == (200, expected)
    assert client.get(address).get_json() == expected


def test_another_hash_is_refused(put, client, random_candles, columns_of, problem_of):
    for data_hash in ("0" * 64, "x", "A" * 64):
        answer = put(data_hash, parquet_of(columns_of(random_candles(100))))
        assert problem_of(answer, 422, "invalid-request")["field"] == "data_hash"
        problem_of(client.get(f"/datasets/{data_hash}"), 404, "dataset-not-found")


def test_columns_that_are_no_candles_are_refused(put, random_candles, columns_of, problem_of):
    columns = columns_of(random_candles(100))
    columns["close"][3] = -1.0
    answer = put(hash_columns(columns), parquet_of(columns))
    assert problem_of(answer, 422, "invalid-candles")["field"] == "close"


def test_a_missing_column_is_named(put, random_candles, columns_of, problem_of):
    candles = random_candles(100)
    columns = columns_of(candles)
    del columns["volume"]
    answer = put(candles.data_hash, parquet_of(columns))
    assert problem_of(answer, 422, "invalid-request")["field"] == "volume"


@pytest.mark.parametrize("content_type", ["application/json", "application/octet-stream", None])
def test_other_media_types_are_refused(put, content_type, problem_of):
    answer = put("0" * 64, b"PAR1", content_type)
    assert problem_of(answer, 415, "unsupported-media-type")["field"] == "Content-Type"


def test_too_much_is_refused(put, settings, random_candles, columns_of, problem_of):
    answer = put("0" * 64, b"0" * (settings.max_upload_bytes + 1))
    assert problem_of(answer, 413, "payload-too-large")["limit"] == settings.max_upload_bytes
    candles = random_candles(settings.max_candles + 1)
    answer = put(candles.data_hash, parquet_of(columns_of(candles)))
    assert problem_of(answer, 413, "payload-too-large")["limit"] == settings.max_candles


def test_a_store_that_fails_is_said(
    put, settings, random_candles, columns_of, problem_of, monkeypatch
):
    if settings.artefacts_url.startswith("s3://"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    else:
        Path(settings.artefacts_url).touch()
    candles = random_candles(100)
    answer = put(candles.data_hash, parquet_of(columns_of(candles)))
    problem = problem_of(answer, 503, "artefact-store-unavailable")
    assert settings.artefacts_url not in problem["detail"]
