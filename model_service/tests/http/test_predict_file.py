"""/predict with the name of a file: the original system's form."""

from __future__ import annotations

import csv
import gzip
import io

import pytest

COUNT = 500


@pytest.fixture
def dataset(settings, csv_of, random_candles):
    (settings.dataset_dir / "TEST.csv").write_text(csv_of(random_candles(COUNT)))
    return settings.dataset_dir


def read_rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text())))


@pytest.mark.parametrize("name", ["TEST.csv", "dataset/TEST.csv"])
def test_both_names_and_both_methods_mean_the_same_file(client, dataset, name):
    got = client.get("/predict", query_string={"input_file": name})
    assert (got.status_code, got.get_json()) == (200, {"output_file": "dataset/TEST_results.csv"})
    first = (dataset / "TEST_results.csv").read_bytes()
    posted = client.post("/predict", json={"input_file": name, "agent": "default"})
    assert posted.get_json() == got.get_json()
    assert (dataset / "TEST_results.csv").read_bytes() == first


def test_results_are_those_of_the_inline_form(client, ask, dataset, random_candles):
    client.post("/predict", json={"input_file": "TEST.csv"})
    rows = read_rows(dataset / "TEST_results.csv")
    inline = ask(random_candles(COUNT)).get_json()
    assert [row["signal"] for row in rows] == inline["decisions"]["action"]
    assert [int(row["quantity"]) for row in rows] == inline["ledger"]["quantity"]
    assert [float(row["netWorth"]) for row in rows] == inline["ledger"]["net_worth"]
    assert [float(row["balance"]) for row in rows] == inline["ledger"]["cash"]
    assert {"buy", "sell"} <= {row["signal"] for row in rows}


def test_the_columns_of_the_input_are_kept_as_written(client, dataset):
    client.post("/predict", json={"input_file": "TEST.csv"})
    before = (dataset / "TEST.csv").read_text().splitlines()
    after = (dataset / "TEST_results.csv").read_text().splitlines()
    assert after[0] == before[0] + ",signal,quantity,netWorth,balance"
    assert [line.rsplit(",", 4)[0] for line in after] == before


def test_cells_that_need_quotes_come_back_the_same(client, settings, csv_of, random_candles):
    lines = csv_of(random_candles(60)).splitlines()
    quoted = [lines[0] + ',"Note, quoted"', *(line + ',"1,234 ""x"""' for line in lines[1:])]
    (settings.dataset_dir / "TEST.csv").write_text("\n".join(quoted))
    assert client.post("/predict", json={"input_file": "TEST.csv"}).status_code == 200
    rows = read_rows(settings.dataset_dir / "TEST_results.csv")
    assert {row["Note, quoted"] for row in rows} == {'1,234 "x"'}


def test_results_given_as_input_have_their_columns_replaced(client, dataset):
    client.post("/predict", json={"input_file": "TEST.csv"})
    first = (dataset / "TEST_results.csv").read_bytes()
    (dataset / "AGAIN.csv").write_bytes(first)
    client.post("/predict", json={"input_file": "AGAIN.csv"})
    assert (dataset / "AGAIN_results.csv").read_bytes() == first


def test_packed_files_are_read(client, dataset):
    packed = gzip.compress((dataset / "TEST.csv").read_bytes())
    (dataset / "PACKED.csv.gz").write_bytes(packed)
    answer = client.get("/predict?input_file=PACKED.csv.gz")
    assert answer.get_json() == {"output_file": "dataset/PACKED_results.csv"}
    assert len(read_rows(dataset / "PACKED_results.csv")) == COUNT


def test_changed_file_is_read_anew(client, dataset, csv_of, random_candles):
    client.get("/predict?input_file=TEST.csv")
    (dataset / "TEST.csv").write_text(csv_of(random_candles(COUNT - 1, 7)))
    client.get("/predict?input_file=TEST.csv")
    assert len(read_rows(dataset / "TEST_results.csv")) == COUNT - 1


def test_file_form_counts_looks_too(client, ask, dataset, random_candles):
    client.get("/predict?input_file=TEST.csv")
    assert ask(random_candles(COUNT)).get_json()["looks"]["total"] == 2


def test_missing_file(client, dataset, problem_of):
    problem = problem_of(client.get("/predict?input_file=NONE.csv"), 404, "dataset-file-not-found")
    assert problem["field"] == "input_file"


def test_unreadable_file_leaves_nothing_behind(client, settings, problem_of):
    (settings.dataset_dir / "TEST.csv").write_text("Date,Close\n2010-01-04,not a price\n")
    problem = problem_of(client.get("/predict?input_file=TEST.csv"), 422, "unreadable-csv")
    assert problem["row"] >= 1
    assert [path.name for path in settings.dataset_dir.iterdir()] == ["TEST.csv"]


def test_too_large_a_file_is_refused_with_the_limit(client, settings, problem_of):
    (settings.dataset_dir / "TEST.csv").write_bytes(b"1" * (settings.max_upload_bytes + 1))
    problem = problem_of(client.get("/predict?input_file=TEST.csv"), 413, "payload-too-large")
    assert problem["limit"] == settings.max_upload_bytes


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "input_file"),
        ("input_file=", "input_file"),
        ("input_file=A.csv&input_file=B.csv", "input_file"),
        ("input_file=A.csv&agent=UPPER", "agent"),
        ("input_file=A.csv&cash=5", "cash"),
        ("input_file=" + "a" * 300 + ".csv", "input_file"),
    ],
)
def test_bad_queries_name_the_parameter(client, problem_of, query, field):
    problem = problem_of(client.get(f"/predict?{query}"), 422, "invalid-request")
    assert problem["field"] == field
