"""The commands as a person runs them: simulate, train, list, backtest, refuse."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from model_service.cli.main import app
from model_service.settings import read_settings

RUNNER = CliRunner()
CONFIG = """
[features]
return_horizons = [1, 2]
range_windows = [5]
[network]
hidden = [8]
[learning]
batch_candles = 32
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


def test_from_candles_to_a_backtest(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "agent.toml").write_text(CONFIG)
    run("simulate", "SIM-A", "-o", "data/SIM-A.csv", "--start", "2020-01-01", "--end", "2021-12-31")
    run(
        "train", "data", "-o", "var/agents/mine",
        "--steps", "20", "--seed", "1", "--config", "agent.toml",
    )  # fmt: skip
    assert {path.name for path in (folder / "var/agents").iterdir()} == {"mine"}
    listed = run("agents")
    assert "mine" in listed
    assert "default" in listed
    report = orjson.loads(run("backtest", "data/SIM-A.csv", "--agent", "mine", "--json"))
    assert report["agent"] == "mine"
    assert len(report["ledger"]["net_worth"]) == len(report["decisions"]["time"])
    assert report["looks"] == {"lineage": "mine", "total": 1, "this_window": 1}
    table = run("backtest", "data/SIM-A.csv", "--agent", "var/agents/mine")
    assert "Buy and hold" in table


def test_the_shipped_agent_reprices_and_takes_a_window(folder: Path) -> None:
    run("simulate", "SIM-A", "-o", "SIM-A.csv", "--start", "2010-01-04", "--end", "2012-12-31")
    arguments = ("backtest", "SIM-A.csv", "--json", "--start", "2011-01-01", "--end", "2011-12-31")
    cheap = orjson.loads(run(*arguments, "--commission-bps", "0"))
    dear = orjson.loads(run(*arguments, "--commission-bps", "50", "--fill", "next_close"))
    assert cheap["decisions"] == dear["decisions"]
    assert cheap["metrics"]["costs_paid"] == 0.0
    assert dear["fill_used"] == "next_close"
    assert cheap["metrics"]["final_net_worth"] != dear["metrics"]["final_net_worth"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("backtest", "none.csv"), "none.csv"),
        (("backtest", "bad.csv"), "row"),
        (("backtest", "good.csv", "--agent", "nobody"), "bellwether-2017"),
        (("backtest", "good.csv", "--fill", "now"), "next_open"),
        (("backtest", "good.csv", "--commission-bps", "-1"), "commission_bps"),
        (("train", "none", "-o", "agents/a"), "none"),
        (("train", "good.csv", "-o", "agents/a"), "enough candles"),
        (("train", "good.csv", "-o", "agents/a", "--config", "none.toml"), "none.toml"),
        (("train", "good.csv", "-o", "agents/a", "--symbols", "XYZ"), "XYZ"),
        (("train", "good.csv", "-o", "agents/a", "--steps", "0"), "steps"),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_code_2(
    folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    (folder / "bad.csv").write_text("Date,Close\nyesterday,cheap\n")
    (folder / "good.csv").write_text(
        "Date,Open,High,Low,Close,Volume\n"
        + "".join(f"2020-01-{day:02d},10,12,9,11,{day}\n" for day in range(1, 31))
    )
    output = run(*arguments, code=2)
    assert "Refused:" in output
    assert words in output
    assert "Traceback" not in output
    assert not (folder / "agents").exists()
