import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from model_service.artefacts.agents import WEIGHTS, read_agent
from model_service.dqn.agent import build_agent
from model_service.dqn.config import AgentConfig, LearningConfig, NetworkConfig
from model_service.errors import InvalidRequest
from model_service.evaluation.backtest import Terms, run_backtest
from model_service.evaluation.splits import Split
from model_service.experiments.train import Pace, Progress, train_agent
from model_service.experiments.training_run import TrainingRun
from model_service.market.candles import Candles
from model_service.market.features import FeatureRecipe

RandomCandles = Callable[..., Candles]
NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
CONFIG = AgentConfig(
    features=FeatureRecipe(return_horizons=(1, 2), range_windows=(5,), volatility_candles=10),
    network=NetworkConfig((8, 4)),
    learning=LearningConfig(batch_candles=32),
)
PACE = Pace(report_steps=5, validation_steps=10, checkpoint_steps=10)


class Killed(Exception):
    """Stands for the kill of the process."""


@pytest.fixture
def run(random_candles: RandomCandles) -> TrainingRun:
    series = [random_candles(400, 0, "A"), random_candles(400, 1, "B")]
    split = Split(int(series[0].time[249]), int(series[0].time[329]))
    return TrainingRun(series, split, CONFIG, seed=3, steps=45, lineage="tests")


def test_a_trained_agent_is_a_folder_that_serves(run: TrainingRun, tmp_path: Path) -> None:
    reports: list[Progress] = []
    stored = train_agent(run, tmp_path / "mine", now=NOW, pace=PACE, on_progress=reports.append)
    assert [report.step for report in reports] == list(range(5, 50, 5))
    assert reports[-1].validation is not None
    manifest = stored.manifest
    assert manifest["symbols"] == ["A", "B"]
    assert manifest["created_at"] == "2026-01-02T03:04:05+00:00"
    assert manifest["validation_metrics"]["symbols"] == 2
    agent = build_agent(read_agent(tmp_path / "mine"))
    result = run_backtest(agent, run.series[0], Terms())
    assert [part.kind for part in result.segments] == ["train", "validation", "test"]


def test_nothing_after_validation_is_read(
    run: TrainingRun, random_candles: RandomCandles, tmp_path: Path
) -> None:
    whole = train_agent(run, tmp_path / "whole", now=NOW, pace=PACE)
    cut = TrainingRun(
        [candles.slice(0, 330) for candles in run.series],
        run.split, run.config, run.seed, run.steps, run.lineage,
    )  # fmt: skip
    same = train_agent(cut, tmp_path / "cut", now=NOW, pace=PACE)
    assert same.manifest["files"] == whole.manifest["files"]
    assert same.manifest["validation_metrics"] == whole.manifest["validation_metrics"]


def test_a_killed_run_goes_on_and_ends_with_the_same_bits(run: TrainingRun, tmp_path: Path) -> None:
    straight = train_agent(run, tmp_path / "straight", now=NOW, pace=PACE)
    checkpoint = tmp_path / "run.checkpoint"

    def kill(progress: Progress) -> None:
        if progress.step == 25:
            raise Killed

    with pytest.raises(Killed):
        train_agent(
            run, tmp_path / "again", now=NOW, pace=PACE, checkpoint=checkpoint, on_progress=kill
        )
    assert not (tmp_path / "again").exists()
    seen: list[int] = []
    again = train_agent(
        run,
        tmp_path / "again",
        now=NOW,
        pace=PACE,
        checkpoint=checkpoint,
        on_progress=lambda progress: seen.append(progress.step),
    )
    assert seen[0] == 25  # from the checkpoint at 20
    assert again.manifest["files"][WEIGHTS] == straight.manifest["files"][WEIGHTS]
    assert not checkpoint.exists()


def test_a_run_killed_after_its_last_step_only_has_to_be_written(
    run: TrainingRun, tmp_path: Path
) -> None:
    straight = train_agent(run, tmp_path / "straight", now=NOW, pace=PACE)
    checkpoint, pace = tmp_path / "run.checkpoint", Pace(5, 10, 45)

    def kill(progress: Progress) -> None:
        if progress.step == run.steps:
            raise Killed

    with pytest.raises(Killed):
        train_agent(
            run, tmp_path / "again", now=NOW, pace=pace, checkpoint=checkpoint, on_progress=kill
        )
    again = train_agent(
        run,
        tmp_path / "again",
        now=NOW,
        pace=pace,
        checkpoint=checkpoint,
        on_progress=lambda progress: pytest.fail(f"step {progress.step} was taken again"),
    )
    assert again.manifest["files"] == straight.manifest["files"]
    assert again.manifest["validation_metrics"] == straight.manifest["validation_metrics"]


def test_the_pace_of_reports_changes_nothing(run: TrainingRun, tmp_path: Path) -> None:
    slow = train_agent(run, tmp_path / "slow", now=NOW, pace=Pace(45, 45, 45))
    quick = train_agent(run, tmp_path / "quick", now=NOW, pace=Pace(1, 3, 7))
    assert slow.manifest["files"] == quick.manifest["files"]


def test_a_manifest_is_plain_json_without_nan(run: TrainingRun, tmp_path: Path) -> None:
    train_agent(run, tmp_path / "mine", now=NOW, pace=PACE)
    text = (tmp_path / "mine" / "manifest.json").read_text()
    manifest = json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert manifest["schema_version"] == 1
    assert AgentConfig.from_dict(manifest["config"]) == CONFIG


@pytest.mark.parametrize(("field", "value"), [("steps", 0), ("seed", -1), ("steps", 10**9)])
def test_impossible_runs_are_refused(run: TrainingRun, field: str, value: int) -> None:
    values = {**vars(run), field: value}
    with pytest.raises(InvalidRequest) as refusal:
        TrainingRun(**values)
    assert refusal.value.field == field
