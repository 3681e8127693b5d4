"""Taking experiments in: never the same twice, never more than the queue may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.errors import (
    DatasetNotFound,
    ExperimentConflict,
    InvalidRequest,
    QueueFull,
    TrainingDataError,
)
from model_service.experiments.queue.durable_queue import DurableQueue
from model_service.experiments.queue.submission import Submissions, Submitted
from model_service.experiments.records.events import list_events
from model_service.experiments.records.experiments import (
    ExperimentRow,
    change_state,
    get_experiment,
    list_experiments,
)
from model_service.experiments.records.tables import metadata
from model_service.experiments.records.units import list_units
from model_service.experiments.specification import Specification, SpecifiedSeries
from model_service.telemetry.trace_context import TraceContext

Stocked = tuple[ArtefactStore, tuple[SpecifiedSeries, ...]]


class Desk:
    """Where experiments on known candles are handed in."""

    def __init__(
        self,
        database: Database,
        stocked: Stocked,
        make: Callable[..., Specification],
        most: int = 100,
        code_version: str = "1",
    ) -> None:
        self.database = database
        self.queue = DurableQueue(database)
        self.store, series = stocked
        self._series = series[:1]
        self._make = make
        self.submissions = Submissions(
            database,
            self.queue,
            self.store,
            code_version=code_version,
            max_queued_units=most,
            clock=lambda: 100.0,
        )

    def specify(self, kind: str = "train", **given: Any) -> Specification:
        return self._make(kind, **{"series": self._series} | given)

    def submit(self, spec: Specification | None = None, **how: Any) -> Submitted:
        return self.submissions.submit(spec or self.specify(), **how)

    @property
    def ids(self) -> list[str]:
        with self.database.reading() as connection:
            return [row.id for row in list_experiments(connection)]

    def move(self, experiment_id: str, *states: str) -> None:
        with self.database.writing() as connection:
            for state in states:
                assert change_state(connection, experiment_id, state, at=1.0)

    def row(self, experiment_id: str) -> ExperimentRow:
        with self.database.reading() as connection:
            return get_experiment(connection, experiment_id)


@pytest.fixture
def make_desk(
    database: Database, stocked: Stocked, make_specification: Callable[..., Specification]
) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(**how: Any) -> Desk:
        made.append(Desk(database, stocked, make_specification, **how))
        return made[-1]

    yield make
    for desk in made:
        desk.queue.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


def test_a_new_experiment_is_recorded_whole_and_queued(
    desk: Desk, queued_units: Callable[[DurableQueue], set[str]]
) -> None:
    submitted = desk.submit(desk.specify(seeds=(3, 4)), name="Mine", idempotency_key="k")
    row = submitted.experiment
    assert not submitted.reused
    assert row.id.startswith("train-")
    assert (row.state, row.name, row.kind, row.owner_id) == ("queued", "Mine", "train", "local")
    assert (row.steps, row.stage, row.created_at, row.idempotency_key) == (40, 1, 100.0, "k")
    assert row.specification == desk.specify(seeds=(3, 4)).to_dict()
    with desk.database.reading() as connection:
        units = list_units(connection, row.id)
        events = list_events(connection, row.id, after=0, limit=10)
    assert [(unit.task, unit.seed, unit.total) for unit in units] == [
        ("train", 3, 40),
        ("train", 4, 40),
        ("assess", None, 0),
    ]
    assert [(event.kind, event.body) for event in events] == [("state", {"state": "queued"})]
    assert queued_units(desk.queue) == {f"{row.id}/start-1"}


@pytest.mark.parametrize(
    ("kind", "given", "name"),
    [
        ("train", {}, "Train on TEST"),
        ("evaluate", {}, "Evaluate on TEST"),
        ("sweep", {}, "Sweep on TEST"),
        ("walk-forward", {}, "Walk-forward on TEST"),
    ],
)
def test_an_experiment_without_a_name_is_called_by_what_it_does(
    desk: Desk, kind: str, given: dict[str, Any], name: str
) -> None:
    windows = {"train_candles": 200, "validation_candles": 50, "test_candles": 50}
    base = desk.specify(kind, **given)
    config = {**base.config, "windows": {**windows, "purge_candles": 2}}
    assert desk.submit(replace(base, config=config)).experiment.name == name


def test_two_series_are_named_by_the_first(desk: Desk, stocked: Stocked) -> None:
    name = desk.submit(desk.specify(series=stocked[1])).experiment.name
    assert name == "Train on TEST and 1 more"


@pytest.mark.parametrize("states", [(), ("running",), ("running", "done")])
def test_the_same_again_is_the_earlier_one(desk: Desk, states: tuple[str, ...]) -> None:
    first = desk.submit().experiment
    desk.move(first.id, *states)
    again = desk.submit(name="Another name")
    assert (again.experiment.id, again.reused) == (first.id, True)
    assert desk.ids == [first.id]


@pytest.mark.parametrize("states", [("failed",), ("cancelling",), ("cancelling", "cancelled")])
def test_what_came_to_nothing_is_done_again(desk: Desk, states: tuple[str, ...]) -> None:
    first = desk.submit().experiment
    desk.move(first.id, *states)
    again = desk.submit()
    assert not again.reused
    assert desk.ids == [again.experiment.id, first.id]


def test_another_code_version_is_another_experiment(
    desk: Desk, make_desk: Callable[..., Desk]
) -> None:
    desk.submit()
    assert not make_desk(code_version="2").submit().reused


def test_a_key_names_one_experiment(desk: Desk) -> None:
    first = desk.submit(idempotency_key="k").experiment
    desk.move(first.id, "failed")
    assert desk.submit(idempotency_key="k").experiment.id == first.id
    with pytest.raises(ExperimentConflict, match=first.id) as refusal:
        desk.submit(desk.specify(seeds=(9,)), idempotency_key="k")
    assert refusal.value.field == "idempotency_key"
    assert desk.ids == [first.id]


@pytest.mark.parametrize("key", [None, "k"])
def test_the_same_that_comes_several_times_at_once_is_one_experiment(
    desk: Desk, key: str | None
) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: desk.submit(idempotency_key=key), range(8)))
    assert len({one.experiment.id for one in found}) == 1
    assert [one.reused for one in found].count(False) == 1
    assert len(desk.ids) == 1


def test_a_full_queue_refuses_and_keeps_nothing(
    make_desk: Callable[..., Desk], queued_units: Callable[[DurableQueue], set[str]]
) -> None:
    desk = make_desk(most=5)
    kept = desk.submit(desk.specify(seeds=(0, 1)))
    before = _counts(desk.database)
    with pytest.raises(QueueFull, match="3 units wait already; with the 3 of this") as refusal:
        desk.submit(desk.specify(seeds=(2, 3)))
    assert (refusal.value.limit, refusal.value.retry_seconds > 0) == (5, True)
    assert _counts(desk.database) == before
    assert queued_units(desk.queue) == {f"{kept.experiment.id}/start-1"}
    assert not desk.submit(desk.specify(seeds=(4,))).reused


def test_the_bound_holds_for_those_who_come_at_once(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(most=6)

    def submit(seed: int) -> bool:
        try:
            desk.submit(desk.specify(seeds=(seed,)))
        except QueueFull:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(submit, range(8))).count(True) == 3


def _counts(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


@pytest.mark.parametrize(
    ("given", "error", "field"),
    [
        ({"series": (SpecifiedSeries("X", "1" * 64, "raw"),)}, DatasetNotFound,
         "series.0.data_hash"),
        ({"start": 4_000_000_000}, TrainingDataError, "start"),
        ({"end": 10}, TrainingDataError, "end"),
        ({"config": {"split": {"train_end": "2010-01-10", "validation_end": "2010-03-01"}}},
         TrainingDataError, "start"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_and_not_queued(
    desk: Desk, given: dict[str, Any], error: type[Exception], field: str
) -> None:
    with pytest.raises(error) as refusal:
        desk.submit(desk.specify(**given))
    assert refusal.value.field == field  # type: ignore[attr-defined]
    assert desk.ids == []


def test_a_point_that_is_no_configuration_is_refused_by_its_name(desk: Desk) -> None:
    with pytest.raises(InvalidRequest, match=r"learning\.discount") as refusal:
        desk.submit(desk.specify("sweep", grid={"learning.discount": [0.5, 2.0]}))
    assert refusal.value.field == "grid.learning.discount"


def test_an_experiment_keeps_where_it_came_from(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    origin = TraceContext("a" * 32, "mine", "b" * 16)
    asked = desk.submit(origin=origin)
    assert asked.experiment.origin == origin
    # Who asks for the same again is answered with it, and changes nothing.
    again = desk.submit(origin=TraceContext("c" * 32, "other"))
    assert again.reused
    assert desk.row(asked.experiment.id).origin == origin
    # What no request asks for has a trace of its own.
    alone = desk.submit(desk.specify(seeds=(7,))).experiment.origin
    assert alone is not None
    assert (alone.request_id, alone.span_id, len(alone.trace_id)) == (None, None, 32)
