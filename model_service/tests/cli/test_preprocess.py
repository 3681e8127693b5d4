"""`bellwether preprocess`: canonical CSV out, issues on stderr, refusals that write nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from model_service.cli import preprocess
from model_service.market.ingest import ingest_csv

GOOD = "Date,Close,Volume\n2020-01-03,11.25,200\n2020-01-02,10.5,100\n"
CANONICAL = (
    "time,open,high,low,close,volume\n"
    "2020-01-02,10.5,10.5,10.5,10.5,100\n"
    "2020-01-03,11.25,11.25,11.25,11.25,200\n"
)

app = typer.Typer()
app.command()(preprocess.command)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "ACME_daily.csv"
    path.write_text(GOOD)
    return path


def test_writes_canonical_candles_and_prints_the_issues(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    result = CliRunner().invoke(app, [str(source), "-o", str(target)])
    assert result.exit_code == 0
    assert target.read_text() == CANONICAL
    assert result.stdout == ""
    assert "newest_first" in result.stderr
    assert "close_only" in result.stderr
    assert "ACME: 2 candles of 1d" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ACME_daily.csv", "out.csv"]


def test_intraday_times_are_rfc_3339(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("time,close\n2020-01-02 09:30,1\n2020-01-02 09:31,2\n")
    assert CliRunner().invoke(app, [str(source), "-o", str(target)]).exit_code == 0
    rows = target.read_text().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == [
        "2020-01-02T09:30:00Z",
        "2020-01-02T09:31:00Z",
    ]


def test_json_tells_all_on_stdout(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    result = CliRunner().invoke(app, [str(source), "-o", str(target), "--json", "--symbol", "X"])
    told = json.loads(result.stdout)
    assert (told["symbol"], told["candles"], told["interval"]) == ("X", 2, "1d")
    assert {issue["kind"] for issue in told["issues"]} == {"newest_first", "close_only"}
    again = ingest_csv(target.read_bytes(), file_name="X.csv").candles
    assert told["data_hash"] == again.data_hash


def test_repair_and_column_reach_ingest(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    rows = [f"2020-01-{day:02d},{5000 if day < 11 else 50},{day}" for day in range(1, 29)]
    source.write_text("\n".join(("Date,A,B", *rows)))
    run = [str(source), "-o", str(target), "--column", "A", "--repair"]
    assert CliRunner().invoke(app, run).exit_code == 0
    candles = ingest_csv(target.read_bytes(), file_name="X.csv").candles
    assert set(candles.close.tolist()) == {50.0}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("Date,A,B\n2020-01-02,1,2\n", "several price columns"),
        ("nothing", "time and a price"),
        (None, "cannot be read"),
    ],
)
def test_a_refusal_is_one_sentence_and_writes_nothing(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    target.write_text("as it was")
    if content is not None:
        source.write_text(content)
    result = CliRunner().invoke(app, [str(source), "-o", str(target)])
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert target.read_text() == "as it was"
    assert not list(tmp_path.glob("*.partial"))


def test_a_target_that_cannot_be_written_is_refused(source: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [str(source), "-o", str(tmp_path / "none" / "out.csv")])
    assert result.exit_code == 2
    assert "cannot be written" in " ".join(result.stderr.split())
    folder = tmp_path / "folder"
    folder.mkdir()
    assert CliRunner().invoke(app, [str(source), "-o", str(folder)]).exit_code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ACME_daily.csv", "folder"]
