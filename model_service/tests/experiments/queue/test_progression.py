"""What follows when a unit ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from model_service.database import Database
from model_service.experiments.queue.durable_queue import DurableQueue
from model_service.experiments.queue.progression import (
    ENQUEUED_AT_ONCE,
    commit_abandoned,
    commit_cancelled,
    commit_failure,
    commit_outcome,
    enqueue_stage,
    finish_cancelling,
)
from model_service.experiments.records.events import Event, list_events
from model_service.experiments.records.experiments import (
    ExperimentRow,
    change_state,
    get_experiment,
)
from model_service.experiments.records.units import (
    Claim,
    cancel_units,
    claim_unit,
    list_units,
    update_claimed,
)

AddExperiment = Callable[..., str]
Waiting = Callable[[DurableQueue], set[str]]

RESULT = {"result": {"agents": ["a"], "best_unit": 0, "evaluation": None, "result_hash": "0"}}


@pytest.fixture
def queue(database: Database) -> Iterator[DurableQueue]:
    made = DurableQueue(database)
    yield made
    made.close()


class Course:
    """One experiment whose units are begun and ended by hand."""

    def __init__(self, database: Database, queue: DurableQueue, experiment_id: str) -> None:
        self.database, self.queue, self.id = database, queue, experiment_id

    def begin(self, unit: int) -> Claim:
        with self.database.writing() as connection:
            claim = claim_unit(connection, self.id, unit, "w", 1.0)
        assert claim is not None
        return claim

    def finish(self, claim: Claim, outcome: dict[str, Any] | None = None) -> bool:
        with self.database.writing() as connection:
            return commit_outcome(
                connection, self.queue, claim, outcome or {}, metrics={"sharpe": 1.0}, now=2.0
            )

    def fail(self, claim: Claim, reason: str = "No.") -> bool:
        with self.database.writing() as connection:
            return commit_failure(connection, self.queue, claim, reason, now=2.0)

    def cancel(self) -> None:
        with self.database.writing() as connection:
            assert change_state(connection, self.id, "cancelling", at=2.0)
            cancel_units(connection, self.id, "queued", 2.0)
            finish_cancelling(connection, self.id, now=2.0)

    @property
    def row(self) -> ExperimentRow:
        with self.database.reading() as connection:
            return get_experiment(connection, self.id)

    @property
    def units(self) -> list[str]:
        with self.database.reading() as connection:
            return [unit.state for unit in list_units(connection, self.id)]

    @property
    def events(self) -> list[Event]:
        with self.database.reading() as connection:
            return list_events(connection, self.id, after=0, limit=100)


@pytest.fixture
def start(
    database: Database, queue: DurableQueue, add_experiment: AddExperiment
) -> Callable[..., Course]:
    return lambda **how: Course(database, queue, add_experiment(database, **how))


def test_an_experiment_goes_from_calibration_over_work_to_its_result(
    start: Callable[..., Course], queue: DurableQueue, queued_units: Waiting
) -> None:
    course = start(tasks=("calibrate", "train", "train", "assess"))
    assert course.finish(course.begin(0), {"steps": 321})
    assert (course.row.stage, course.row.steps) == (1, 321)
    assert queued_units(queue) == {f"{course.id}/start-1"}
    with course.database.reading() as connection:
        totals = [unit.total for unit in list_units(connection, course.id)]
    assert totals == [40, 321, 321, 40]
    assert any("321 training steps" in str(event.body.get("text")) for event in course.events)

    enqueue_stage(course.database.writing, queue, course.id, 1)
    works = {f"{course.id}/1", f"{course.id}/2"}
    assert queued_units(queue) == {f"{course.id}/start-1"} | works
    assert course.finish(course.begin(1))
    assert course.row.stage == 1
    assert course.finish(course.begin(2))
    assert course.row.stage == 2
    assert f"{course.id}/3" in queued_units(queue)
    assert course.finish(course.begin(3), RESULT)
    assert (course.row.state, course.row.result) == ("done", RESULT["result"])
    assert course.events[-1].body["state"] == "done"


def test_an_outcome_is_committed_once_and_by_the_last_claim(start: Callable[..., Course]) -> None:
    course = start()
    old, held = course.begin(0), course.begin(0)
    assert not course.finish(old, {"from": "old"})
    assert course.finish(held, {"from": "held"})
    told = course.row.last_event
    assert not course.finish(held, {"from": "again"})
    assert not course.fail(held)
    assert course.row.last_event == told
    with course.database.reading() as connection:
        assert list_units(connection, course.id)[0].outcome == {"from": "held"}


def test_the_last_of_several_that_end_at_once_begins_the_next_stage_once(
    start: Callable[..., Course], queue: DurableQueue, queued_units: Waiting
) -> None:
    course = start(tasks=("train",) * 6 + ("assess",))
    claims = [course.begin(unit) for unit in range(6)]
    with ThreadPoolExecutor(6) as pool:
        done = list(
            pool.map(lambda claim: course.database.run(lambda: course.finish(claim)), claims)
        )
    assert done == [True] * 6
    assert course.row.stage == 2
    assert queued_units(queue) == {f"{course.id}/6"}


@pytest.mark.parametrize("kind", ["train", "walk-forward", "evaluate"])
def test_one_failed_unit_fails_the_experiment_after_the_others_have_ended(
    start: Callable[..., Course], kind: str
) -> None:
    course = start(kind=kind, tasks=("train", "train", "assess"))
    assert course.fail(course.begin(0), "Bad candles.")
    assert course.row.state == "running"
    assert course.finish(course.begin(1))
    assert (course.row.state, course.row.reason) == ("failed", "Bad candles.")
    assert course.units == ["failed", "done", "cancelled"]


def test_several_failures_are_told_of_by_the_first(start: Callable[..., Course]) -> None:
    course = start(tasks=("train", "train", "assess"))
    course.fail(course.begin(1), "Second.")
    course.fail(course.begin(0), "First.")
    assert course.row.reason == "First. (2 units failed, the first one is told of.)"


@pytest.mark.parametrize("unit", [0, 2])
def test_without_calibration_or_assessment_there_is_no_result(
    start: Callable[..., Course], unit: int
) -> None:
    course = start(tasks=("calibrate", "train", "assess"))
    for earlier in range(unit):
        course.finish(course.begin(earlier), {"steps": 5})
    course.fail(course.begin(unit), "Away.")
    assert (course.row.state, course.row.reason) == ("failed", "Away.")
    assert "queued" not in course.units


def test_a_sweep_goes_on_with_a_failed_unit(
    start: Callable[..., Course], queue: DurableQueue, queued_units: Waiting
) -> None:
    course = start(kind="sweep", tasks=("train", "train", "train", "assess"))
    course.finish(course.begin(0))
    course.fail(course.begin(1), "No.")
    course.finish(course.begin(2))
    assert (course.row.state, course.row.stage) == ("running", 2)
    assert queued_units(queue) == {f"{course.id}/3"}
    course.finish(course.begin(3), RESULT)
    assert course.row.state == "done"


def test_a_sweep_whose_units_all_failed_fails(start: Callable[..., Course]) -> None:
    course = start(kind="sweep", tasks=("train", "train", "assess"))
    for unit in (0, 1):
        course.fail(course.begin(unit), f"No {unit}.")
    assert course.row.state == "failed"


def test_cancelling_ends_with_the_last_unit_that_ran(start: Callable[..., Course]) -> None:
    course = start(tasks=("train", "train", "train", "assess"))
    first, second = course.begin(0), course.begin(1)
    course.cancel()
    assert (course.row.state, course.units) == (
        "cancelling",
        ["running", "running", "cancelled", "cancelled"],
    )
    with course.database.writing() as connection:
        commit_cancelled(connection, first, now=3.0)
    assert course.row.state == "cancelling"
    with course.database.writing() as connection:
        commit_cancelled(connection, second, now=4.0)
    assert (course.row.state, course.row.ended_at) == ("cancelled", 4.0)
    assert course.events[-1].body["state"] == "cancelled"


def test_a_unit_that_ends_while_its_experiment_is_cancelled_begins_nothing(
    start: Callable[..., Course], queue: DurableQueue, queued_units: Waiting
) -> None:
    course = start()
    held = course.begin(0)
    course.cancel()
    assert course.finish(held)
    assert (course.row.state, course.row.stage) == ("cancelled", 1)
    assert queued_units(queue) == set()


def test_a_failure_while_an_experiment_is_cancelled_does_not_fail_it(
    start: Callable[..., Course],
) -> None:
    course = start()
    held = course.begin(0)
    course.cancel()
    assert course.fail(held)
    assert (course.row.state, course.row.reason) == ("cancelled", None)


def test_an_experiment_of_which_nothing_runs_is_cancelled_at_once(
    start: Callable[..., Course],
) -> None:
    course = start(state="queued")
    course.cancel()
    assert course.row.state == "cancelled"


@pytest.mark.parametrize("state", ["running", "queued"])
def test_a_unit_that_its_worker_left_behind_does_not_keep_an_experiment_from_ending(
    start: Callable[..., Course], state: str
) -> None:
    """Its worker died, or let it wait again, after the experiment began to be cancelled."""
    course = start()
    held = course.begin(0)
    course.cancel()
    with course.database.writing() as connection:
        assert update_claimed(connection, held, state=state)
    with course.database.writing() as connection:
        commit_abandoned(connection, course.id, 0, now=9.0)
    assert course.row.state == "cancelled"
    assert course.units == ["cancelled", "cancelled"]


def test_nothing_is_abandoned_of_an_experiment_that_goes_on(start: Callable[..., Course]) -> None:
    course = start()
    course.begin(0)
    with course.database.writing() as connection:
        commit_abandoned(connection, course.id, 0, now=9.0)
        commit_abandoned(connection, course.id, 99, now=9.0)
    assert course.units == ["running", "queued"]


def test_thousands_of_units_are_enqueued_and_only_once(
    database: Database, queue: DurableQueue, add_experiment: AddExperiment, queued_units: Waiting
) -> None:
    count = ENQUEUED_AT_ONCE + 3
    experiment_id = add_experiment(database, kind="sweep", tasks=("train",) * count + ("assess",))
    for _ in range(2):
        enqueue_stage(database.writing, queue, experiment_id, 1)
    waiting = queued_units(queue)
    assert waiting == {f"{experiment_id}/{unit}" for unit in range(count)}
