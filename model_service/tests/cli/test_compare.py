"""The lab as a person uses it: configurations in, a table and the register out."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from model_service.cli.main import app
from model_service.settings import read_settings

RUNNER = CliRunner()
CONFIG = """
steps = 3
members = 2
fill = "next_close"
[features]
return_horizons = [1, 2]
range_windows = [5]
[network]
hidden = [4]
[learning]
batch_candles = 16
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the whole world of the command line tool."""
    monkeypatch.chdir(tmp_path)
    read_settings.cache_clear()
    return tmp_path


def run(*arguments: str, code: int = 0) -> str:
    result = RUNNER.invoke(app, arguments)
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.output


def test_every_result_comes_into_the_register(folder: Path) -> None:
    (folder / "data").mkdir()
    run(
        "simulate", "SIM-A", "-o", "data/SIM-A_2012-1-1_2018-1-1.csv",
        "--start", "2012-01-02", "--end", "2017-12-29",
    )  # fmt: skip
    (folder / "data" / "SIM-A_2018-1-1_2020-1-1.csv").write_text("never opened")
    (folder / "mine.toml").write_text(CONFIG)
    arguments = ("compare", "data", "--config", "mine.toml", "--seeds", "1")
    table = run(*arguments, "--register", "lab/register.json")
    assert "mine" in table
    register = json.loads((folder / "lab" / "register.json").read_text())
    assert register["count"] == 1
    entry = register["configurations"][0]
    assert (entry["label"], entry["steps"], entry["config"]["members"]) == ("mine", 3, 2)
    folds = [(one["fold"], one["seed"]) for one in entry["runs"]]
    assert sorted(folds) == [("2013-12-31/2015-12-31", 0), ("2015-12-31/2017-12-31", 0)]


def test_what_cannot_be_compared_is_refused(folder: Path) -> None:
    output = run("compare", "none", "--config", "none.toml", code=2)
    assert "none.toml" in output
    assert not (folder / "register.json").exists()
