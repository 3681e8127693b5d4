"""`bellwether evaluate` as a person runs it: killed and run again, refused, and on real files."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from model_service.cli.main import app
from model_service.evaluation.sealed import open_looks
from model_service.settings import read_settings
from tests.market_data import market_data_folder

REAL = market_data_folder() / "tdqn"
BELLWETHER = Path(sys.executable).with_name("bellwether")
TIMEOUT = 100.0
CONFIG = """
steps = 60
fill = "next_close"
[features]
return_horizons = [1, 2]
range_windows = [5]
volatility_candles = 10
[network]
hidden = [4]
[learning]
batch_candles = 16
"""
TDQN = ("evaluate", "--protocol", "tdqn", "--data", "data", "--out", "out/tdqn.json",
        "--config", "agent.toml")  # fmt: skip
KILLED = (*TDQN, "--seeds", "3", "--jobs", "1", "--lineage", "mine")


@pytest.fixture
def folder(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write_protocol_folder: Callable[[Path], Path],
) -> Path:
    """A folder with files of two simulated symbols, all that the command line tool sees."""
    _enter(tmp_path, monkeypatch, write_protocol_folder)
    return tmp_path


def _enter(folder: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], Path]) -> None:
    write(folder / "data")
    (folder / "agent.toml").write_text(CONFIG)
    monkeypatch.chdir(folder)
    read_settings.cache_clear()


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return " ".join((result.stdout if code == 0 else result.output).split())


def start() -> subprocess.Popen[bytes]:
    """The command in a process group of its own, in the current folder."""
    return subprocess.Popen(
        [BELLWETHER, *KILLED],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def wait_for(process: subprocess.Popen[bytes], path: Path) -> None:
    """Until the file is there: nothing tells of files in a portable way."""
    deadline = time.monotonic() + TIMEOUT
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def looks() -> int:
    counter = open_looks("sqlite:///var/model_service/looks.sqlite3")
    try:
        return counter.count("mine", 0, 2**40).total
    finally:
        counter.close()


@pytest.mark.timeout(300)
def test_a_run_that_is_killed_twice_ends_with_the_bytes_of_one_that_is_not(
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    write_protocol_folder: Callable[[Path], Path],
) -> None:
    """First its whole group after one unit, then the parent alone: its child goes with it."""
    out, work = folder / "out" / "tdqn.json", folder / "out" / ".tdqn.json.work"
    units = [work / f"fold-000-seed-0000{seed}.safetensors" for seed in range(3)]
    with start() as first:
        wait_for(first, units[0])
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate(timeout=20)
    assert [unit.exists() for unit in units] == [True, False, False]
    made = units[0].stat()
    with start() as second:
        wait_for(second, units[1])
        second.kill()
        # The pipe ends when everybody who inherited it has ended: children too.
        second.communicate(timeout=20)
    assert [unit.exists() for unit in units] == [True, True, False]
    assert (units[0].stat().st_ino, units[0].stat().st_mtime_ns) == (made.st_ino, made.st_mtime_ns)
    assert not out.exists()
    assert looks() == 0
    run(*KILLED)
    assert looks() == 1
    assert [path.name for path in out.parent.iterdir()] == ["tdqn.json"]

    _enter(tmp_path_factory.mktemp("whole"), monkeypatch, write_protocol_folder)
    run(*KILLED)
    assert Path("out/tdqn.json").read_bytes() == out.read_bytes()
    report = orjson.loads(out.read_bytes())
    assert report["looks"] == {"lineage": "mine", "total": 1, "this_window": 1}


def test_baselines_alone(folder: Path) -> None:
    """A page beside the report, the table on the screen, and the command that gives it again."""
    told = run(*TDQN, "--baselines-only", "--html", "pages/report.html", "--symbols", "ALPHA, BETA")
    for word in ("ALPHA", "BETA", "mean", "buy and hold", "No verdict"):
        assert word in told
    report = orjson.loads(Path("out/tdqn.json").read_bytes())
    assert report["rows"][0]["agent"] is None
    assert Path("pages/report.html").read_text().lower().startswith("<!doctype html>")
    assert looks() == 0
    command = report["passport"]["command"]
    assert command == (
        "bellwether evaluate --protocol tdqn --data data --out out/tdqn.json "
        "--symbols 'ALPHA, BETA' --seeds 10 --baselines-only --config agent.toml --lineage default"
    )


def test_the_command_of_walk_forward_tells_its_windows(folder: Path) -> None:
    windows = ("--train-candles", "120", "--validation-candles", "30", "--test-candles", "120")
    run(*TDQN, "--protocol", "walk-forward", "--baselines-only", *windows)
    report = orjson.loads(Path("out/tdqn.json").read_bytes())
    assert (
        "--train-candles 120 --validation-candles 30 --test-candles 120 --purge-candles 5"
        in (report["passport"]["command"])
    )
    assert report["passport"]["fill"] == "next_close"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--symbols", "ALPHA,GAMMA"), "of GAMMA; it has ALPHA, BETA"),
        (("--data", "none"), "no folder 'none'"),
        (("--config", "none.toml"), "none.toml"),
        (("--out", "data"), "'data' cannot be written"),
        (("--html", "agent.toml/page.html"), "'page.html' cannot be written"),
        (("--out", "/dev/null"), "'null' cannot be written"),
        (("--html", "out/tdqn.json"), "name the same file"),
        (("--symbols", " ,"), "names no symbol"),
        (("--protocol", "walk-forward"), "takes 1280 candles and there are 390"),
        (("--train-candles", "5"), "`train_candles` is 5"),
        (("--protocol", "other"), "walk-forward"),
        (("--seeds", "0"), "--seeds"),
        (("--seeds", "1001"), "--seeds"),
        (("--jobs", "0"), "--jobs"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    told = run(*TDQN, *arguments, code=2)
    assert words in told
    assert "Traceback" not in told
    assert not Path("out/tdqn.json").exists()


@pytest.mark.realdata
@pytest.mark.skipif(not REAL.is_dir(), reason="BELLWETHER_DATA has no folder tdqn")
def test_the_baselines_of_every_symbol_match_the_published_table(folder: Path) -> None:
    run(
        "evaluate", "--protocol", "tdqn", "--data", str(REAL), "--out", "real.json",
        "--config", "agent.toml", "--baselines-only",
    )  # fmt: skip
    rows = {row["symbol"]: row for row in orjson.loads(Path("real.json").read_bytes())["rows"]}
    with (REAL / "expected_sharpe.csv").open() as file:
        expected = list(csv.DictReader(file))
    assert rows.keys() == {row["symbol"] for row in expected}
    for row in expected:
        found = rows[row["symbol"]]
        for name in ("buy_and_hold", "sell_and_hold", "trend_following", "mean_reversion"):
            assert found[name] == pytest.approx(float(row[name]), abs=1e-3), row["symbol"]
        assert found["trend_following_windows"] == [
            int(row["tf_short_window"]),
            int(row["tf_long_window"]),
        ]
        assert found["mean_reversion_windows"] == [
            int(row["mr_short_window"]),
            int(row["mr_long_window"]),
        ]
