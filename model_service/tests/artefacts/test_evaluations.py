"""Kept reports: found, described, confined to their folders, and never trusted blindly."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from model_service.artefacts.evaluations import EvaluationStore, Report, summarise_report
from model_service.artefacts.recent_listing import MAX_AGE_SECONDS
from model_service.errors import (
    ArtefactStoreUnavailable,
    CorruptEvaluation,
    EvaluationNotFound,
    InvalidRequest,
)


class Checked:
    """A check that counts, and refuses reports titled "bad"."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, report: Report) -> None:
        self.count += 1
        if report["title"] == "bad":
            raise InvalidRequest("`title` is bad.", field="title")


@pytest.fixture
def check() -> Checked:
    return Checked()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "shipped"
    folder.mkdir()
    return folder


@pytest.fixture
def store(shipped: Path, folder: Path, check: Checked) -> EvaluationStore:
    return EvaluationStore([shipped, folder], check=check)


@pytest.fixture(scope="module")
def report(example_report) -> dict[str, Any]:
    return example_report.make_example_report(symbols=("AAPL", "7203.T"), candles=20, seeds=3)


def write(path: Path, report: dict[str, Any]) -> bytes:
    path.write_text(json.dumps(report))
    return path.read_bytes()


def test_a_report_is_passed_on_byte_for_byte(store, folder, report):
    content = write(folder / "tdqn.json", report)
    assert store.get("tdqn").content == content


def test_a_summary_tells_what_the_report_is_about(report):
    summary = summarise_report("tdqn", report)
    assert summary == {
        "id": "tdqn",
        "protocol": "tdqn",
        "title": report["title"],
        "verdict": "indistinguishable",
        "sentence": report["sentence"],
        "symbols": ["AAPL", "7203.T"],
        "seeds": 3,
        "start": min(row["start"] for row in report["rows"]),
        "end": max(row["end"] for row in report["rows"]),
    }


def test_without_rows_there_are_no_dates(example_report):
    summary = summarise_report("none", example_report.make_unseen_nothing_report())
    assert (summary["start"], summary["end"], summary["verdict"]) == (None, None, None)


def test_shipped_reports_come_first_and_own_ones_win(store, shipped, folder, report):
    write(shipped / "tdqn.json", report)
    write(folder / "another.json", report)
    write(folder / "tdqn.json", {**report, "title": "mine"})
    assert [(each["id"], each["title"]) for each in store.summaries()] == [
        ("tdqn", "mine"),
        ("another", report["title"]),
    ]
    assert json.loads(store.get("tdqn").content)["title"] == "mine"


def test_missing_folders_hold_nothing(tmp_path, check):
    store = EvaluationStore([tmp_path / "nowhere"], check=check)
    assert store.summaries() == []
    with pytest.raises(EvaluationNotFound, match="there are: none"):
        store.get("tdqn")


def test_a_file_is_checked_once_until_it_changes(store, folder, report, check):
    write(folder / "tdqn.json", report)
    for _ in range(2):
        store.summaries()
        store.get("tdqn")
    assert check.count == 1
    write(folder / "tdqn.json", {**report, "title": "another title"})
    assert store.summaries()[0]["title"] == "another title"
    assert check.count == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "cannot be read"),
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ('{"schema_version": 1}', "cannot be read"),
        ('{"schema_version": 2}', "schema version 2, this service reads 1"),
        ('{"schema_version": NaN}', "cannot be read"),
        ('{"schema_version": 1, "title": "bad"}', "breaks the contract: `title` is bad"),
    ],
)
def test_a_broken_file_hides_no_other_and_is_a_problem(store, folder, report, content, sentence):
    write(folder / "good.json", report)
    (folder / "broken.json").write_text(content)
    with capture_logs() as logs:
        assert [each["id"] for each in store.summaries()] == ["good"]
    assert [log["evaluation"] for log in logs] == ["broken"]
    for _ in range(2):  # made out, then remembered
        with pytest.raises(CorruptEvaluation, match=sentence):
            store.get("broken")
    write(folder / "broken.json", report)
    assert len(store.summaries()) == 2


def test_a_file_that_is_too_large_is_not_read(folder, report, check):
    size = len(write(folder / "tdqn.json", report))
    store = EvaluationStore([folder], check=check, max_bytes=size - 1)
    with pytest.raises(CorruptEvaluation, match="larger than") as refused:
        store.get("tdqn")
    assert refused.value.limit == size - 1
    assert store.summaries() == []
    assert EvaluationStore([folder], check=check, max_bytes=size).get("tdqn").id == "tdqn"


@pytest.mark.parametrize(
    "name", ["..", ".", "", "../outside", "UPPER", "a/b", "tdqn\0", "a" * 65, "/etc/passwd"]
)
def test_names_that_are_no_ids_are_not_found(store, tmp_path, report, name):
    write(tmp_path / "outside.json", report)
    with pytest.raises(EvaluationNotFound):
        store.get(name)


def test_links_folders_and_pipes_are_not_followed(store, folder, tmp_path, report):
    write(tmp_path / "outside.json", report)
    (folder / "link.json").symlink_to(tmp_path / "outside.json")
    (folder / "folder.json").mkdir()
    os.mkfifo(folder / "pipe.json")
    with capture_logs():
        assert store.summaries() == []
    for name in ("link", "folder", "pipe"):
        with pytest.raises(EvaluationNotFound):
            store.get(name)


@pytest.fixture
def both(folder, counting, check, clock) -> EvaluationStore:
    """A folder of reports beside an artefact store."""
    return EvaluationStore([folder], counting, check=check, clock=clock)


def put(store, name: str, report: dict[str, Any]) -> bytes:
    content = json.dumps(report).encode()
    store.write(name, content)
    return content


def ids_of(store: EvaluationStore) -> list[str]:
    return [each["id"] for each in store.summaries()]


def test_reports_of_experiments_are_listed_last_and_folders_win(both, folder, counting, report):
    assert ids_of(both) == []
    content = put(counting, "evaluations/experiment.json", report)
    put(counting, "evaluations/both.json", {**report, "title": "of the store"})
    write(folder / "both.json", {**report, "title": "of the folder"})
    write(folder / "own.json", report)
    assert both.get("experiment").content == content
    assert ids_of(both) == ["both", "own", "experiment"]
    assert json.loads(both.get("both").content)["title"] == "of the folder"


def test_a_report_of_the_store_is_read_once_until_it_changes(both, counting, clock, report, check):
    put(counting, "evaluations/one.json", report)
    both.summaries()
    before = counting.asked.copy()
    for _ in range(20):
        assert ids_of(both) == ["one"]
    assert counting.asked == before
    assert check.count == 1
    put(counting, "evaluations/one.json", {**report, "title": "another title"})
    clock.seconds += MAX_AGE_SECONDS
    assert both.summaries()[0]["title"] == "another title"
    assert check.count == 2
    counting.remove("evaluations/one.json")
    clock.seconds += MAX_AGE_SECONDS
    assert ids_of(both) == []
    with pytest.raises(EvaluationNotFound):
        both.get("one")


def test_broken_reports_of_the_store_hide_no_others(folder, counting, check, report):
    size = len(put(counting, "evaluations/good.json", report))
    counting.write("evaluations/broken.json", b"{")
    counting.write("evaluations/large.json", b" " * (size + 1))
    counting.write("evaluations/below/it.json", b"{}")
    counting.write("evaluations/UPPER.json", b"{}")
    counting.write("evaluations/other.txt", b"{}")
    store = EvaluationStore([folder], counting, check=check, max_bytes=size)
    with capture_logs() as logs:
        assert ids_of(store) == ["good"]
    assert {log["evaluation"] for log in logs} == {"broken", "large"}
    for name in ("broken", "large"):
        with pytest.raises(CorruptEvaluation):
            store.get(name)


def test_while_the_store_is_away_folders_serve(both, folder, counting, report):
    write(folder / "own.json", report)
    counting.away = True
    with capture_logs() as logs:
        assert ids_of(both) == ["own"]
    assert [log["event"] for log in logs] == ["evaluations left out"]
    assert both.get("own").id == "own"
    with pytest.raises(ArtefactStoreUnavailable):
        both.get("experiment")
