"""An evaluation from its folder to its report: as the contract says, the same again, resumable."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import numpy as np
import orjson
import pytest
import yaml

from model_service.dqn.config import AgentConfig, LearningConfig, NetworkConfig
from model_service.errors import EvaluationStopped, InvalidRequest, TrainingDataError
from model_service.evaluation.assessment.significance import Configurations
from model_service.evaluation.html_report import render_report
from model_service.evaluation.protocols.unit import UnitResult
from model_service.evaluation.protocols.walk_forward import Windows
from model_service.evaluation.sealed import LookCounter, open_looks
from model_service.experiments.evaluate import EvaluationProgress, evaluate
from model_service.experiments.evaluation_plan import PlanRequest, read_plan
from model_service.experiments.evaluation_run import EvaluationRun
from model_service.experiments.evaluation_units import Unit, UnitStore, evaluation_fingerprint
from model_service.experiments.news_file import ScoredHeadlines
from model_service.market.features import FeatureRecipe
from model_service.trading.costs import Costs
from model_service.trading.exposure import Action, ExposureLadder

CONTRACT = Path(__file__).parents[3] / "contracts" / "model_service.openapi.yaml"
WINDOWS = Windows(train_candles=120, validation_candles=30, test_candles=120, purge_candles=5)
CONFIG = AgentConfig(
    features=FeatureRecipe(return_horizons=(1, 2), range_windows=(5,), volatility_candles=10),
    network=NetworkConfig((4,)),
    learning=LearningConfig(batch_candles=16),
    costs=Costs(commission_bps=3.0),
)


@pytest.fixture(scope="module")
def folder(
    write_protocol_folder: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return write_protocol_folder(tmp_path_factory.mktemp("market") / "data")


@pytest.fixture(scope="module")
def validator() -> jsonschema_rs.Draft202012Validator:
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    return jsonschema_rs.Draft202012Validator(
        {"$ref": "#/components/schemas/EvaluationReport", "components": contract["components"]}
    )


@pytest.fixture
def looks(tmp_path: Path) -> Iterator[LookCounter]:
    made = open_looks(f"sqlite:///{tmp_path / 'looks.sqlite3'}")
    yield made
    made.close()


def run_of(folder: Path, protocol: str = "tdqn", seeds: tuple[int, ...] = (0, 1)) -> EvaluationRun:
    return EvaluationRun(
        request=PlanRequest(protocol, folder, windows=WINDOWS),
        config=CONFIG,
        steps=20,
        seeds=seeds,
        lineage="line",
        configurations=Configurations(4, 0.1),
        code_version="1.2.3",
        command="bellwether evaluate",
    )


def agents_of(run: EvaluationRun, out: Path, actions: Sequence[int | None]) -> None:
    """Agents that always do the same, one a seed, or what chance says; as finished units."""
    plan = read_plan(run.request)
    config = replace(run.config, fill=plan.fill)
    fingerprint = evaluation_fingerprint(plan, config, run.steps, run.code_version)
    store = UnitStore(out.with_name(f".{out.name}.work"), fingerprint)
    for seed, action in zip(run.seeds, actions, strict=True):
        for fold in plan.folds:
            tables = {}
            for one in fold.symbols:
                if one.scored is None:
                    continue
                shape = (len(one.scored) - one.first, len(config.ladder.rungs), 3)
                tables[one.symbol] = (
                    np.random.default_rng(seed).normal(size=shape).astype(np.float32)
                    if action is None
                    else np.broadcast_to(np.eye(3, dtype=np.float32)[action], shape)
                )
            store.save(Unit(fold.index, seed), UnitResult(tables, 0.2, run.steps))


class Kill:
    """Kills a training as soon as a unit is finished; once."""

    def __init__(self) -> None:
        self.told: list[EvaluationProgress] = []
        self.killed = False

    def __call__(self, progress: EvaluationProgress) -> None:
        self.told.append(progress)
        if not self.killed and progress.units == 1:
            (child,) = multiprocessing.active_children()
            assert child.pid is not None
            os.kill(child.pid, signal.SIGKILL)
            self.killed = True


def test_the_same_report_whatever_happens_on_the_way(
    folder: Path,
    looks: LookCounter,
    tmp_path: Path,
    validator: jsonschema_rs.Draft202012Validator,
) -> None:
    """In one go with one job; and after a child died, a unit was damaged, and with two jobs."""
    run, told = run_of(folder, seeds=(0, 1, 2)), []
    out = tmp_path / "reports" / "tdqn.json"
    whole = evaluate(run, out, jobs=1, looks=looks, on_progress=told.append)
    validator.validate(whole)
    assert out.read_bytes() == orjson.dumps(whole, option=orjson.OPT_APPEND_NEWLINE)
    assert [path.name for path in out.parent.iterdir()] == ["tdqn.json"]
    assert told[0] == EvaluationProgress(0, 3, 0, 60)
    assert told[-1] == EvaluationProgress(3, 3, 60, 60)
    _check_tdqn(whole)

    out = tmp_path / "again" / "tdqn.json"
    kill = Kill()
    with pytest.raises(EvaluationStopped, match="run the same command again"):
        evaluate(run, out, jobs=1, looks=looks, on_progress=kill)
    assert not out.exists()
    assert looks.count("line", 0, 2**40).total == 1
    units = sorted((out.parent / ".tdqn.json.work").glob("*.safetensors"))
    assert units[0].name == "fold-000-seed-00000.safetensors"
    damaged = bytearray(units[0].read_bytes())
    damaged[-8] ^= 1
    units[0].write_bytes(damaged)
    again = evaluate(run, out, jobs=2, looks=looks, on_progress=kill)
    assert kill.told[-1].units == 3
    assert again.pop("looks") == {"lineage": "line", "total": 2, "this_window": 2}
    assert whole.pop("looks") == {"lineage": "line", "total": 1, "this_window": 1}
    assert orjson.dumps(again) == orjson.dumps(whole)


def _check_tdqn(report: dict[str, Any]) -> None:
    passport = report["passport"]
    # The protocol's costs and fill, whatever an agent was trained with.
    assert (passport["commission_bps"], passport["fill"]) == (10.0, "next_close")
    assert (passport["seeds"], passport["steps"], passport["members"]) == ([0, 1, 2], 20, 1)
    assert [row["symbol"] for row in report["rows"]] == ["ALPHA", "BETA"]
    assert [row["candles"] for row in report["rows"]] == [130, 130]
    assert len(report["averages"]["agent"]["sharpe_seeds"]) == 3
    assert report["verdict"] in ("beats", "indistinguishable", "loses")
    for curve in report["curves"]:
        for name in ("median", "low", "high", "worst", "buy_and_hold", "random"):
            # 30 candles are flat and the order of the 30th fills at the close of the 31st.
            assert curve[name][:30] == [100_000.0] * 30
        assert curve["agent"] is None
    held = {name for name in ("buy_and_hold", "sell_and_hold") for curve in report["curves"]
            if curve[name][30] < 100_000.0}  # fmt: skip
    assert held == {"buy_and_hold", "sell_and_hold"}


def test_a_look_is_counted_once_where_the_report_could_not_be_written(
    folder: Path,
    looks: LookCounter,
    tmp_path: Path,
    validator: jsonschema_rs.Draft202012Validator,
) -> None:
    """What another evaluation left in the work folder is not read; what this one made is."""
    run, told = run_of(folder, "walk-forward", seeds=(0,)), []
    out = tmp_path / "wf.json"
    foreign = UnitStore(tmp_path / ".wf.json.work", "another")
    tables = {name: np.zeros((1, 2, 3), np.float32) for name in ("ALPHA", "BETA")}
    for fold in range(2):
        foreign.save(Unit(fold, 0), UnitResult(tables, 9.0, 1))
    foreign.remember("looks", {"name": "", "looks": {"lineage": "", "total": 9, "this_window": 9}})
    out.mkdir()
    with pytest.raises(OSError, match="directory"):
        evaluate(run, out, jobs=1, looks=looks, on_progress=told.append)
    assert told[0].units == 0
    assert told[-1].units == 2
    out.rmdir()
    told.clear()
    report = evaluate(run, out, jobs=2, looks=looks, on_progress=told.append)
    assert told == [EvaluationProgress(2, 2, 40, 40)]
    assert report["looks"] == {"lineage": "line", "total": 1, "this_window": 1}
    assert sorted(path.name for path in tmp_path.glob("*wf*")) == ["wf.json"]
    validator.validate(report)
    # 160 candles come before the first test; then 120 and the 110 that are left.
    assert [row["candles"] for row in report["rows"]] == [230, 230]
    assert {segment["kind"] for segment in report["segments"]} == {"train", "validation", "test"}
    assert (report["passport"]["commission_bps"], report["passport"]["fill"]) == (3.0, "next_open")


SHORT = ExposureLadder((-1.0, -0.5, 0.0, 0.5, 1.0))


@pytest.mark.parametrize("protocol", ["tdqn", "walk-forward"])
@pytest.mark.parametrize(
    ("actions", "ladder"),
    [
        ((None,), SHORT),
        ((None, None, None), SHORT),
        ((Action.HOLD, Action.HOLD), SHORT),
        ((Action.BUY,), ExposureLadder()),
        ((Action.SELL, Action.BUY), SHORT),
    ],
    ids=["chance alone", "chance", "idle", "bought", "against each other"],
)
def test_whatever_agents_do_their_report_is_as_the_contract_says(
    folder: Path,
    looks: LookCounter,
    tmp_path: Path,
    validator: jsonschema_rs.Draft202012Validator,
    protocol: str,
    actions: tuple[int | None, ...],
    ladder: ExposureLadder,
) -> None:
    run = run_of(folder, protocol, seeds=tuple(range(len(actions))))
    run = replace(run, config=replace(run.config, ladder=ladder))
    out = tmp_path / "out.json"
    agents_of(run, out, actions)
    report = evaluate(run, out, jobs=1, looks=looks)
    validator.validate(report)
    # What a reader of the file gets: no number that JSON does not know became null.
    validator.validate(orjson.loads(out.read_bytes()))
    short = "long and short" if ladder is SHORT else "long and flat"
    assert report["passport"]["may_trade"] == short
    assert render_report(orjson.loads(out.read_bytes())).startswith("<!")
    averages = report["averages"]
    if actions == (Action.BUY,):
        assert averages["agent"]["sharpe_mean"] == pytest.approx(averages["buy_and_hold"])
        assert "did the same as buy and hold" in report["sentence"]
    if actions == (Action.HOLD, Action.HOLD):
        assert averages["agent"]["sharpe_seeds"] == [0.0, 0.0]
        assert averages["random"] == averages["agent"]["trades_mean"] == 0.0


def test_symbols_of_other_calendars_are_compared_on_the_dates_that_they_have(
    write_protocol_folder: Callable[[Path], Path],
    looks: LookCounter,
    tmp_path: Path,
    validator: jsonschema_rs.Draft202012Validator,
) -> None:
    """BETA stops after 40 test candles, without volume on every fourth."""
    data = write_protocol_folder(tmp_path / "data")
    file = data / "BETA_2018-1-1_2020-1-1.csv"
    head, *rows = file.read_text().splitlines()
    rows = [row if i % 4 else f"{row.rsplit(',', 1)[0]},0" for i, row in enumerate(rows[:40])]
    file.write_text("\n".join([head, *rows]))
    run, out = run_of(data, "walk-forward", seeds=(0, 1, 2)), tmp_path / "out.json"
    agents_of(run, out, (None, None, None))
    report = evaluate(run, out, jobs=1, looks=looks)
    validator.validate(report)
    assert [row["candles"] for row in report["rows"]] == [230, 140]
    assert report["paired"]["buy_and_hold"]["dates"] == 230
    assert report["significance"]["track_record_candles"] == 230
    mean, _, beta = report["curves"]
    assert (len(mean["time"]), len(beta["time"])) == (230, 140)
    # Where a symbol has ended, its last net worth stands in the mean.
    alpha = report["curves"][1]
    ended = (np.array(alpha["buy_and_hold"][140:]) + beta["buy_and_hold"][-1]) / 2.0
    np.testing.assert_allclose(mean["buy_and_hold"][140:], ended, atol=0.011)


NEWS = ScoredHeadlines(
    "lite",
    "lite-1",
    tuple(
        (symbol, 1_493_596_800 + 5 * 86_400 * place, (-1.0) ** place / 2.0)
        for symbol in ("ALPHA", "BETA")
        for place in range(80)
    ),
)
"""A headline of each symbol every fifth day from May 2017 to June 2018."""


def test_an_ablation_trains_its_arms_and_says_what_the_news_is_worth(
    folder: Path,
    looks: LookCounter,
    tmp_path: Path,
    validator: jsonschema_rs.Draft202012Validator,
) -> None:
    run, told = run_of(folder, seeds=(0,)), []
    run = replace(
        run,
        request=PlanRequest("ablation", folder, news=NEWS, test_start=1_517_443_200),
        config=CONFIG.with_news((1, 5)),
    )
    out = tmp_path / "ablation.json"
    report = evaluate(run, out, jobs=1, looks=looks, on_progress=told.append)
    validator.validate(orjson.loads(out.read_bytes()))
    assert told[-1] == EvaluationProgress(4, 4, 80, 80)
    assert report["looks"] == {"lineage": "line", "total": 1, "this_window": 1}
    ablation = report["ablation"]
    assert [arm["name"] for arm in ablation["arms"]] == ["with", "without", "shuffled", "lagged"]
    # The report is about the agent with the news, and others than it were trained.
    assert ablation["arms"][0]["sharpe_seeds"] == report["averages"]["agent"]["sharpe_seeds"]
    assert len({tuple(arm["sharpe_seeds"]) for arm in ablation["arms"]}) == 4
    assert [count["headlines"] for count in ablation["news"]] == [80, 80]
    assert "Does the news help?" in render_report(orjson.loads(out.read_bytes()))
    again = evaluate(run, tmp_path / "again.json", jobs=1, looks=looks)
    assert again.pop("looks")["this_window"] == 2
    assert report.pop("looks")["this_window"] == 1
    assert orjson.dumps(again) == orjson.dumps(report)


@pytest.mark.parametrize("protocol", ["tdqn", "walk-forward"])
def test_baselines_alone_train_nothing_and_count_no_look(
    folder: Path,
    looks: LookCounter,
    tmp_path: Path,
    validator: jsonschema_rs.Draft202012Validator,
    protocol: str,
) -> None:
    run, out = run_of(folder, protocol, seeds=()), tmp_path / "baselines.json"
    report = evaluate(run, out, jobs=1, looks=looks)
    validator.validate(report)
    assert orjson.loads(out.read_bytes()) == report
    assert report["verdict"] is report["looks"] is report["averages"]["agent"] is None
    assert report["passport"]["config"] is None
    assert looks.count("line", 0, 2**40).total == 0
    assert not list(tmp_path.glob(".baselines*"))
    first = out.read_bytes()
    evaluate(run, out, jobs=1, looks=looks)
    assert out.read_bytes() == first


def test_a_refusal_inside_a_training_comes_out_as_it_is(
    folder: Path, looks: LookCounter, tmp_path: Path
) -> None:
    slow = replace(CONFIG, features=replace(CONFIG.features, volatility_candles=900))
    run = replace(run_of(folder, seeds=(0,)), config=slow)
    with pytest.raises(TrainingDataError, match="the longest has 260") as caught:
        evaluate(run, tmp_path / "out.json", jobs=1, looks=looks)
    assert caught.value.field == "data"
    assert looks.count("line", 0, 2**40).total == 0
    assert multiprocessing.active_children() == []


def test_candles_that_change_on_the_way_are_noticed(
    write_protocol_folder: Callable[[Path], Path], looks: LookCounter, tmp_path: Path
) -> None:
    """What was planned on and what was trained on would not be the same."""
    run = run_of(write_protocol_folder(tmp_path / "data"), seeds=(0,))
    file = tmp_path / "data" / "BETA_2018-1-1_2020-1-1.csv"

    def change(progress: EvaluationProgress) -> None:
        if progress.steps == 0 and b"2018-07-02" not in file.read_bytes():
            file.write_bytes(file.read_bytes() + b"2018-07-02,50,51,49,50,1000\n")

    with pytest.raises(EvaluationStopped, match="candles were changed"):
        evaluate(run, tmp_path / "out.json", jobs=1, looks=looks, on_progress=change)
    assert not list(tmp_path.glob(".out.json.work/*.safetensors"))


def test_more_seeds_than_can_be_told_are_refused(folder: Path) -> None:
    with pytest.raises(InvalidRequest, match="1001") as caught:
        run_of(folder, seeds=tuple(range(1_001)))
    assert caught.value.limit == 1_000
