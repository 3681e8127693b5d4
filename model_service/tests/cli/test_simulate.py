"""`bellwether simulate`: a file of candles that ingest takes without an issue."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from model_service.cli import simulate
from model_service.market.ingest import ingest_csv
from model_service.market.simulated import simulate_candles

app = typer.Typer()
app.command()(simulate.command)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, " ".join(result.stderr.split())


@pytest.mark.parametrize("interval", ["1d", "1h", "1m"])
def test_what_is_written_reads_back_as_what_was_simulated(tmp_path: Path, interval: str) -> None:
    target = tmp_path / "DEMO.csv"
    code, told = run(
        "DEMO", "-o", str(target), "--seed", "7", "--start", "2020-01-01", "--end", "2020-03-31",
        "--interval", interval,
    )  # fmt: skip
    assert code == 0
    assert "simulated candles" in told
    expected = simulate_candles(
        "DEMO", seed=7, start=date(2020, 1, 1), end=date(2020, 3, 31),
        interval=interval,  # type: ignore[arg-type]
    )  # fmt: skip
    ingested = ingest_csv(target.read_bytes(), file_name=target.name)
    assert ingested.candles.data_hash == expected.data_hash
    assert ingested.issues == ()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("no symbol!",), "`symbol` has 1 to 32"),
        (("X", "--start", "2020-01-04", "--end", "2020-01-05"), "no weekday"),
        (("X", "--start", "1990-01-01", "--interval", "1m"), "1,000,000"),
    ],
)
def test_refusals_write_nothing(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    code, told = run(*arguments, "-o", str(tmp_path / "X.csv"))
    assert code == 2
    assert sentence in told
    assert not list(tmp_path.iterdir())
