"""``python -m scripts.pipeline.agent train|backtest``: an agent, and what it is worth.

``STEPS`` and ``SEED`` say how it is trained. A backtest writes the whole answer of
``bellwether backtest`` for each symbol, and one table of what it comes to on unseen candles.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.pipeline.candles import BELLWETHER
from scripts.pipeline.step import StepFailed, exit_status, results_folder, run_read, run_shown

NAME = "pipeline"
TRAIN_SECONDS = 4 * 3_600
BACKTEST_SECONDS = 600
SCHEMA_VERSION = 1


def train_agent(environment: Mapping[str, str]) -> None:
    """Train one agent on the candles that were prepared.

    Raises
    ------
    StepFailed
    """
    folder = results_folder(environment)
    candles = _candles(folder)
    agent = folder / "agent" / NAME
    # An agent of an earlier run would be taken for a run that was interrupted.
    shutil.rmtree(agent, ignore_errors=True)
    agent.parent.mkdir(parents=True, exist_ok=True)
    options = ["--seed", str(_number(environment, "SEED", 0))]
    if environment.get("STEPS", "").strip():
        options += ["--steps", str(_number(environment, "STEPS", 1))]
    files = [str(file) for file in candles]
    run_shown([BELLWETHER, "train", *files, "--output", str(agent), *options], TRAIN_SECONDS)


def backtest_agent(environment: Mapping[str, str]) -> None:
    """Backtest the agent on what it has not seen of each symbol.

    Raises
    ------
    StepFailed
    """
    folder = results_folder(environment)
    agent = folder / "agent" / NAME
    if not agent.is_dir():
        raise StepFailed("There is no agent yet: `make train` makes one.")
    evaluation = folder / "evaluation"
    evaluation.mkdir(parents=True, exist_ok=True)
    command = [BELLWETHER, "backtest", "--agent", str(agent), "--json"]
    rows = {}
    for file in _candles(folder):
        whole = json.loads(run_read([*command, str(file)], BACKTEST_SECONDS))
        start = _start_of_test(whole)
        unseen = run_read([*command, str(file), "--start", start], BACKTEST_SECONDS)
        (evaluation / f"{file.stem}.json").write_text(unseen)
        rows[file.stem] = summary(json.loads(unseen), start)
    document = {"schema_version": SCHEMA_VERSION, "agent": NAME, "symbols": rows}
    (evaluation / "summary.json").write_text(json.dumps(document, indent=2) + "\n")
    for symbol, row in rows.items():
        print(
            f"{symbol} from {row['test_start']}: {row['net_worth']:,.0f} against "
            f"{row['buy_and_hold']:,.0f} of buy and hold, {row['trades']} trades"
        )


def summary(backtest: Mapping[str, Any], start: str) -> dict[str, Any]:
    """What a backtest comes to, in one row."""
    metrics = backtest["metrics"]
    return {
        "test_start": start,
        "net_worth": metrics["final_net_worth"],
        "buy_and_hold": backtest["baselines"]["buy_and_hold"]["metrics"]["final_net_worth"],
        "sharpe": metrics["sharpe"],
        "trades": metrics["trades"],
    }


def _start_of_test(backtest: Mapping[str, Any]) -> str:
    starts = [part["start"] for part in backtest["segments"] if part["kind"] == "test"]
    if not starts:
        raise StepFailed(f"{backtest['symbol']}: the agent has seen all of its candles.")
    return datetime.fromtimestamp(min(starts), UTC).date().isoformat()


def _candles(folder: Path) -> list[Path]:
    files = sorted((folder / "candles").glob("*.csv"))
    if not files:
        raise StepFailed("There are no candles yet: `make preprocess` makes them.")
    return files


def _number(environment: Mapping[str, str], name: str, least: int) -> int:
    text = environment.get(name, "").strip() or str(least)
    if not text.isdecimal() or int(text) < least:
        raise StepFailed(f"{name} has to be a whole number from {least}.")
    return int(text)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.pipeline.agent")
    steps = {"train": train_agent, "backtest": backtest_agent}
    parser.add_argument("step", choices=steps)
    step = steps[parser.parse_args().step]
    return exit_status(lambda: step(os.environ))


if __name__ == "__main__":
    sys.exit(main())
