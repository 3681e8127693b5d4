"""`bellwether evaluate --ablation` and `bellwether train --news` as a person runs them."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from model_service.cli.main import app
from model_service.settings import read_settings

CONFIG = """
steps = 20
[features]
return_horizons = [1, 2]
range_windows = [5]
volatility_candles = 10
{spans}
[network]
hidden = [4]
[learning]
batch_candles = 16
"""
ABLATION = (
    *("evaluate", "--ablation", "sentiment", "--data", "data", "--out", "out.json"),
    *("--engine", "lite", "--config", "agent.toml", "--seeds", "1", "--jobs", "1"),
)
BOTH = ("--ablation", "sentiment", "--engine", "lite", "--news")
WORDS = ("fell", "rose")
REFUSED = 2


@pytest.fixture
def folder(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Candles of two simulated symbols, a week of headlines a quarter, a small configuration."""
    monkeypatch.chdir(tmp_path)
    read_settings.cache_clear()
    (tmp_path / "data").mkdir()
    (tmp_path / "agent.toml").write_text(CONFIG.format(spans=""))
    (tmp_path / "reader.toml").write_text(CONFIG.format(spans="news_spans = [1, 5]"))
    rows = ["date,headline,symbol"]
    for symbol in ("ALPHA", "BETA"):
        window = ("--start", "2016-01-01", "--end", "2018-12-31")
        run("simulate", "SIM-A" if symbol == "ALPHA" else "SIM-B",
            "-o", f"data/{symbol}.csv", *window)  # fmt: skip
        for year in (2016, 2017, 2018):
            for month in (2, 5, 8, 11):
                rows += [
                    f"{year}-{month:02d}-{day:02d},Profit {WORDS[day % 2]} {day} %,{symbol}"
                    for day in range(1, 8)
                ]
    (tmp_path / "news.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def test_four_arms_one_look_and_a_test_that_starts_where_it_is_told(folder: Path) -> None:
    told = run(*ABLATION, "--news", "news.csv", "--html", "out.html")
    report = orjson.loads((folder / "out.json").read_bytes())
    assert report["protocol"] == "ablation"
    arms = report["ablation"]["arms"]
    assert [arm["name"] for arm in arms] == ["with", "without", "shuffled", "lagged"]
    assert report["ablation"]["sentence"] in told
    assert report["ablation"]["engine"] == "lite"
    assert {each["symbol"]: each["headlines"] for each in report["ablation"]["news"]} == {
        "ALPHA": 84, "BETA": 84,
    }  # fmt: skip
    assert report["looks"]["this_window"] == 1
    assert report["passport"]["config"]["features"]["news_spans"] == [1, 5, 15]
    assert report["passport"]["command"] == (
        "bellwether evaluate --ablation sentiment --data data --out out.json --news news.csv "
        "--engine lite --seeds 1 --config agent.toml --lineage default"
    )
    run(*ABLATION, "--news", "news.csv", "--test-start", "2018-06-01")
    later = orjson.loads((folder / "out.json").read_bytes())
    test = next(part for part in later["segments"] if part["kind"] == "test")
    assert test["start"] == 1_527_811_200
    assert "--test-start 2018-06-01" in later["passport"]["command"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--ablation", "sentiment", "--protocol", "tdqn"), "either `--protocol`"),
        ((), "either `--protocol`"),
        (("--ablation", "sentiment"), "belong together"),
        (("--protocol", "tdqn", "--news", "news.csv"), "belong together"),
        ((*BOTH, "news.csv", "--baselines-only"), "nothing to compare"),
        ((*BOTH, "none.csv"), "no file 'none.csv'"),
        ((*BOTH, "news.csv", "--symbols", "GAMMA"), "GAMMA"),
        ((*BOTH, "news.csv", "--test-start", "2018-12-20"), "candles to learn from"),
    ],
)
def test_what_does_not_go_together_is_refused(
    folder: Path, options: tuple[str, ...], sentence: str
) -> None:
    assert sentence in run(
        "evaluate", "--data", "data", "--out", "out.json", *options, code=REFUSED
    )
    assert not (folder / "out.json").exists()


def test_an_agent_is_trained_on_news_and_says_so(folder: Path) -> None:
    run("train", "data", "-o", "var/agents/reader", "--config", "reader.toml",
        "--news", "news.csv", "--engine", "lite")  # fmt: skip
    manifest = orjson.loads((folder / "var/agents/reader/manifest.json").read_bytes())
    assert manifest["sentiment_engine"].startswith("lite ")
    assert manifest["feature_names"][-4:] == ["sentiment_1", "news_1", "sentiment_5", "news_5"]
    assert all(dataset["news_hash"] for dataset in manifest["datasets"])
    backtest = ("backtest", "data/ALPHA.csv", "--agent", "reader")
    assert "given none" in run(*backtest)
    assert "given none" not in run(*backtest, "--news", "news.csv", "--engine", "lite")


def test_news_and_its_spans_belong_together(folder: Path) -> None:
    without = ("train", "data", "-o", "var/agents/x", "--config")
    assert "belong together" in run(*without, "reader.toml", code=REFUSED)
    assert "belong together" in run(*without, "agent.toml", "--news", "news.csv", code=REFUSED)
