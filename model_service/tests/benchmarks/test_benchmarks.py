"""The benchmarks still run: tiny sizes, no peers, as a person would start them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MODEL_SERVICE = Path(__file__).resolve().parents[2]

# Nine benchmarks one after another, two of them with torch.
pytestmark = pytest.mark.timeout(300)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(
        command, cwd=MODEL_SERVICE, capture_output=True, text=True, timeout=280, check=False
    )


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What a quick run on simulated candles prints, by benchmark."""
    done = run("--quick", "--data", str(tmp_path_factory.mktemp("no_data")))
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["benchmark"]: line for line in found}


def test_every_benchmark_prints_its_lines(lines: dict[str, dict[str, Any]]) -> None:
    assert set(lines) == {
        "training_matrix_share",
        "validation_sharpe",
        "ledger_2000",
        "predict_file_warm",
        "predict_inline_warm",
        "predict_file_changed",
        "predict_inline_changed",
        "predict_against_stepping",
        "bootstrap",
        "bootstrap_many",
        "evaluation_baselines",
        "evaluation_2_symbols_1_seeds",
        "experiments_answers",
        "experiments_queue_cost",
        "finbert_headlines",
        "finbert_memory",
        "finbert_processor",
        "sentiment_known",
        "sentiment_lite",
        "sentiment_lite_load",
        "sentiment_new",
    }
    assert {"benchmark", "value", "unit", "ratio", "target", "met"} <= set.intersection(
        *(set(line) for line in lines.values())
    )


def test_speeds_are_positive(lines: dict[str, dict[str, Any]]) -> None:
    assert all(line["value"] > 0 for name, line in lines.items() if name != "validation_sharpe")


def test_it_measures_on_simulated_candles_where_there_are_no_real_ones(
    lines: dict[str, dict[str, Any]],
) -> None:
    assert lines["validation_sharpe"]["data"] == "simulated"
    assert lines["predict_file_warm"]["data"] == "simulated"
    assert lines["predict_file_warm"]["candles"] == 2934


def test_stepping_decided_like_the_service(lines: dict[str, dict[str, Any]]) -> None:
    assert lines["predict_against_stepping"]["same_decisions"] is True


def test_an_unknown_benchmark_is_refused() -> None:
    done = run("speed")
    assert done.returncode == 2
    assert "there is no benchmark 'speed'" in done.stderr
