"""/preprocess: the HTTP side; what a CSV may look like is tested beside ingest."""

from __future__ import annotations

import gzip

import pytest


@pytest.fixture
def send(client):
    def post(data, content_type="application/octet-stream", **query):
        return client.post("/preprocess", data=data, content_type=content_type, query_string=query)

    return post


def test_candles_and_issues_come_back(send, csv_of, columns_of, random_candles):
    candles = random_candles(100)
    body = send(csv_of(candles), file_name="TEST_2010.csv").get_json()
    assert body["candles"] == columns_of(candles)
    assert (body["symbol"], body["interval"], body["source"]) == ("TEST", "1d", "upload")
    assert body["data_hash"] == candles.data_hash
    assert body["issues"] == []


def test_answer_can_be_predicted_on(send, client, csv_of, random_candles):
    body = send(csv_of(random_candles(100)), file_name="TEST.csv").get_json()
    asked = {name: body[name] for name in ("symbol", "price_basis", "candles")}
    assert client.post("/predict", json=asked).get_json()["data_hash"] == body["data_hash"]


def test_issues_are_listed(send, csv_of, random_candles):
    text = csv_of(random_candles(50))
    body = send(text + text.splitlines()[-1] + "\n", file_name="X.csv", symbol="OTHER").get_json()
    assert [issue["kind"] for issue in body["issues"]] == ["duplicate_time"]
    assert body["symbol"] == "OTHER"


def test_compressed_file_is_read(send, csv_of, random_candles):
    packed = gzip.compress(csv_of(random_candles(50)).encode())
    assert len(send(packed, file_name="X.csv.gz").get_json()["candles"]["time"]) == 50


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "file_name"),
        ({"file_name": ""}, "file_name"),
        ({"file_name": "X.csv", "symbol": "a b"}, "symbol"),
        ({"file_name": "X.csv", "repair": "perhaps"}, "repair"),
        ({"file_name": "X.csv", "colour": "red"}, "colour"),
    ],
)
def test_bad_queries_name_the_parameter(send, problem_of, query, field):
    assert problem_of(send(b"", **query), 422, "invalid-request")["field"] == field


@pytest.mark.parametrize("data", [b"", b"\0\1\2", b"%PDF-1.7", b"hello", b"<html>"])
def test_what_is_no_csv_is_refused_with_its_row(send, problem_of, data):
    problem = problem_of(send(data, file_name="X.csv"), 422, "unreadable-csv")
    assert problem["row"] >= 1
    assert problem["field"]


def test_other_media_types_are_refused(send, problem_of):
    response = send(b"x", content_type="text/csv", file_name="X.csv")
    problem_of(response, 415, "unsupported-media-type")


def test_too_large_a_file_is_refused_with_the_limit(send, problem_of, settings):
    response = send(b"1" * (settings.max_upload_bytes + 1), file_name="X.csv")
    assert problem_of(response, 413, "payload-too-large")["limit"] == settings.max_upload_bytes


def test_file_that_unpacks_to_too_much_is_refused(send, problem_of, settings):
    packed = gzip.compress(b"1" * (settings.max_upload_bytes * 20))
    assert len(packed) < settings.max_upload_bytes
    response = send(packed, file_name="X.csv.gz")
    assert problem_of(response, 413, "payload-too-large")["limit"] == settings.max_upload_bytes
