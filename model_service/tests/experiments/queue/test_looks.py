"""An experiment is given one look at unseen candles, however often its assessment is begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.evaluation.sealed import LookCounter, open_looks
from model_service.experiments.compute.orders import FinishedUnit
from model_service.experiments.queue.looks import TestLooks
from model_service.experiments.records.experiments import ExperimentRow, get_experiment
from model_service.experiments.specification import Specification, SpecifiedSeries
from model_service.experiments.tested_candles import LINEAGE

Stocked = tuple[ArtefactStore, tuple[SpecifiedSeries, ...]]
UNITS = [FinishedUnit(0, "train", 0, None, {}, {"numbers_hash": "0"})]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[LookCounter]:
    made = open_looks(f"sqlite:///{tmp_path / 'looks.sqlite3'}")
    yield made
    made.close()


@pytest.fixture
def add(
    sqlite_database: Database,
    add_experiment: Callable[..., str],
    make_specification: Callable[..., Specification],
    stocked: Stocked,
) -> Callable[..., ExperimentRow]:
    """``add(seeds=(1,))``: an experiment on candles that are there."""

    def make(**given: object) -> ExperimentRow:
        spec = make_specification(series=stocked[1][:1], **given)
        experiment_id = add_experiment(
            sqlite_database,
            specification=spec.to_dict(),
            specification_hash=spec.hash_with("1"),
        )
        with sqlite_database.reading() as connection:
            return get_experiment(connection, experiment_id)

    return make


def test_one_look_is_counted_also_where_it_is_begun_again(
    sqlite_database: Database,
    counter: LookCounter,
    stocked: Stocked,
    add: Callable[..., ExperimentRow],
) -> None:
    looks = TestLooks(counter, sqlite_database, stocked[0])
    experiment = add()
    first = looks.of(experiment, UNITS)
    assert first == {"lineage": LINEAGE, "total": 1, "this_window": 1}
    with sqlite_database.reading() as connection:
        again = get_experiment(connection, experiment.id)
    assert again.looks == first
    assert looks.of(again, UNITS) == first


def test_another_experiment_on_the_same_candles_is_another_look(
    sqlite_database: Database,
    counter: LookCounter,
    stocked: Stocked,
    add: Callable[..., ExperimentRow],
) -> None:
    looks = TestLooks(counter, sqlite_database, stocked[0])
    counted = [looks.of(add(seeds=(seed,)), UNITS) for seed in range(3)]
    assert [one["this_window"] for one in counted if one is not None] == [1, 2, 3]


def test_where_no_candle_is_left_nothing_is_counted(
    sqlite_database: Database,
    counter: LookCounter,
    stocked: Stocked,
    add: Callable[..., ExperimentRow],
) -> None:
    looks = TestLooks(counter, sqlite_database, stocked[0])
    whole = {"split": {"train_fraction": 0.7, "validation_fraction": 0.3}}
    experiment = add(config=whole | {"features": {"return_horizons": [1], "range_windows": [5],
                                                  "volatility_candles": 10}})  # fmt: skip
    assert looks.of(experiment, UNITS) is None
    with sqlite_database.reading() as connection:
        assert get_experiment(connection, experiment.id).looks is None
