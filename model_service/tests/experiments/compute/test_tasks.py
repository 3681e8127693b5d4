"""Whole experiments, unit by unit, in this process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from model_service.artefacts.agents import AgentStore, read_agent
from model_service.artefacts.store import ArtefactStore
from model_service.dqn.agent import build_agent
from model_service.evaluation.sealed import Looks
from model_service.experiments.compute.messages import (
    Advanced,
    Finished,
    Hindered,
    Message,
    Noted,
    Refused,
    Validated,
)
from model_service.experiments.compute.orders import FinishedUnit, UnitOrder
from model_service.experiments.compute.tasks import make_unit
from model_service.experiments.compute.unit_results import read_result
from model_service.experiments.specification import Specification, SpecifiedSeries
from model_service.experiments.specified_candles import read_candles, split_of
from model_service.experiments.tested_candles import LINEAGE
from model_service.experiments.train import TrainingRun, train_agent

MakeOrder = Callable[..., UnitOrder]
MakeSpecification = Callable[..., Specification]
Stocked = tuple[ArtefactStore, tuple[SpecifiedSeries, ...]]

STEPS = 200
"""Enough for several validations."""

LOOKS = asdict(Looks(LINEAGE, 1, 1))


def finish(order: UnitOrder) -> tuple[Finished, list[Message]]:
    messages = list(make_unit(order))
    last = messages[-1]
    assert isinstance(last, Finished), last
    return last, messages


def done(order: UnitOrder, last: Finished) -> FinishedUnit:
    # As it comes back from the database.
    outcome = orjson.loads(orjson.dumps(last.outcome))
    return FinishedUnit(order.unit, order.task, order.seed, order.fold, order.point, outcome)


def assess(order: UnitOrder, units: Sequence[FinishedUnit]) -> dict[str, Any]:
    last, _ = finish(
        replace(order, task="assess", unit=len(units), seed=None, units=tuple(units), looks=LOOKS)
    )
    return dict(last.outcome["result"])


def test_a_unit_trains_the_same_agent_as_the_command(
    make_order: MakeOrder, stocked: Stocked, tmp_path: Path
) -> None:
    store, _ = stocked
    order = make_order(steps=STEPS)
    last, messages = finish(order)
    result = read_result(store, last.outcome)

    parts, series = order.spec.parts(), read_candles(order.spec, store)
    run = TrainingRun(series, split_of(parts, series), parts.agent, 3, STEPS, LINEAGE)
    train_agent(run, tmp_path / "mine", now=dt.datetime.now(dt.UTC))
    agent = read_agent(tmp_path / "mine")
    for one, other in zip(result.weights, agent.weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert last.metrics == agent.manifest["validation_metrics"]
    assert last.outcome["validation_sharpe"] == agent.manifest["validation_metrics"]["sharpe"]
    # And thinks the same of the candles that it was not trained on.
    table = result.tables["TEST"]
    whole = build_agent(agent).q_table(series[0])
    np.testing.assert_allclose(table, whole[-len(table) :], rtol=1e-5, atol=1e-6)

    steps = [message.step for message in messages if isinstance(message, Advanced)]
    assert steps == sorted(steps)
    assert steps[-1] == STEPS
    validated = [message for message in messages if isinstance(message, Validated)]
    assert [message.step for message in validated] == [50, 100, 150, 200]
    point = validated[-1].point
    assert sum(point["exposure_fractions"]) == pytest.approx(1.0)
    assert len(point["time"]) == len(point["net_worth"]) == len(point["buy_and_hold_net_worth"])


def test_a_unit_that_is_begun_again_ends_with_the_same_bits(
    make_order: MakeOrder, stocked: Stocked
) -> None:
    straight, _ = finish(make_order(experiment_id="train-2", steps=STEPS))
    order = make_order(steps=STEPS, checkpoint_seconds=1e-6)
    began = make_unit(order)
    for message in began:
        if isinstance(message, Advanced) and message.step >= 100:
            break
    began.close()  # type: ignore[attr-defined]
    again, messages = finish(replace(order, fence=2))
    notes = [message.text for message in messages if isinstance(message, Noted)]
    assert any(note.startswith("Goes on from step ") for note in notes)
    assert again.outcome["numbers_hash"] == straight.outcome["numbers_hash"]
    assert again.metrics == straight.metrics


def test_a_training_becomes_agents_that_serve_and_a_report(
    make_order: MakeOrder, stocked: Stocked
) -> None:
    store, _ = stocked
    units = []
    for unit, seed in enumerate((3, 4)):
        order = make_order(steps=STEPS, unit=unit, seed=seed)
        units.append(done(order, finish(order)[0]))
    result = assess(make_order(), units)
    assert result["agents"] == ["train-1_s3", "train-1_s4"]
    assert result["best_unit"] in (0, 1)
    assert result["evaluation"] == "train-1"
    report = orjson.loads(store.read("evaluations/train-1.json"))
    assert report["looks"] == LOOKS
    agents = AgentStore([], store)
    stored = agents.get("train-1_s3")
    assert stored.manifest["experiment"] == "train-1"
    for one, other in zip(
        stored.weights(), read_result(store, units[0].outcome).weights, strict=True
    ):
        np.testing.assert_array_equal(one, other)
    kept = agents.kept_steps("train-1_s3")
    assert kept
    assert agents.get(f"train-1_s3@{kept[0]}").manifest["steps"] == kept[0]
    # The order in which units were made has no say.
    assert assess(make_order(), units[::-1])["result_hash"] == result["result_hash"]
    assert assess(make_order(), units[:1])["result_hash"] != result["result_hash"]


def test_a_sweep_makes_an_agent_of_its_best_point_alone(
    make_order: MakeOrder, make_specification: MakeSpecification, stocked: Stocked
) -> None:
    spec = make_specification("sweep", series=stocked[1][:1])
    units = []
    for unit, point in enumerate(spec.points()):
        order = make_order(spec=spec, experiment_id="sweep-1", unit=unit, point=point)
        made = done(order, finish(order)[0])
        # As if the first point had validated best.
        outcome = {**made.outcome, "validation_sharpe": 1.0 - unit}
        units.append(replace(made, outcome=outcome))
    result = assess(make_order(spec=spec, experiment_id="sweep-1"), units)
    assert (result["best_unit"], result["agents"]) == (0, ["sweep-1_s3"])
    manifest = AgentStore([], stocked[0]).get("sweep-1_s3").manifest
    assert manifest["config"]["learning"]["discount"] == 0.5


def test_a_fold_of_walk_forward_and_an_agent_that_is_asked_are_assessed(
    make_order: MakeOrder,
    make_specification: MakeSpecification,
    stocked: Stocked,
    tiny_config: dict[str, Any],
    tiny_agent_folder: Path,
) -> None:
    windows = {"train_candles": 250, "validation_candles": 60, "test_candles": 100}
    spec = make_specification(
        "walk-forward",
        series=stocked[1],
        config={**tiny_config, "windows": {**windows, "purge_candles": 2}},
    )
    units = []
    for fold in range(2):
        order = make_order("fold", spec=spec, experiment_id="walk-forward-1", unit=fold, fold=fold)
        units.append(done(order, finish(order)[0]))
    result = assess(make_order(spec=spec, experiment_id="walk-forward-1"), units)
    assert (result["agents"], result["evaluation"]) == ([], "walk-forward-1")

    asked = make_order(
        "decide",
        spec=make_specification("evaluate", series=stocked[1]),
        experiment_id="evaluate-1",
        seed=None,
        agents_dir=str(tiny_agent_folder / "agents"),
    )
    last, _ = finish(asked)
    result = assess(asked, [done(asked, last)])
    assert (result["agents"], result["evaluation"]) == ([], "evaluate-1")


def test_a_budget_is_turned_into_steps(
    make_order: MakeOrder, make_specification: MakeSpecification, stocked: Stocked
) -> None:
    spec = make_specification(series=stocked[1][:1], budget_seconds=60.0, seeds=(0, 1, 2, 3))
    last, _ = finish(make_order("calibrate", spec=spec))
    rate = last.metrics["steps_per_second"]
    assert rate is not None
    # 85 % of a minute, two units side by side of four.
    assert last.outcome["steps"] == int(rate * 60.0 * 0.85 * 2 / 4)


def test_what_can_never_be_made_is_refused_and_what_is_away_hinders(
    make_order: MakeOrder, stocked: Stocked, tmp_path: Path
) -> None:
    store, series = stocked
    missing = make_order()
    missing.specification["series"][0]["data_hash"] = "1" * 64  # type: ignore[index]
    (refused,) = make_unit(missing)
    assert isinstance(refused, Refused)
    assert "1111" in refused.reason
    name = f"datasets/{series[0].data_hash}.parquet"
    store.write(name, store.read(name)[:-9])
    (rotten,) = make_unit(make_order())
    assert isinstance(rotten, Refused)
    (tmp_path / "file").write_text("no folder")
    (hindered,) = make_unit(make_order(artefacts_url=str(tmp_path / "file")))
    assert isinstance(hindered, Hindered | Refused)
