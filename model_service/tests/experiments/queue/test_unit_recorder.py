"""What a unit tells is written down: often enough to follow, seldom enough to be cheap."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from model_service.database import Database
from model_service.experiments.compute.messages import Advanced, Alive, Noted, Validated
from model_service.experiments.queue.unit_recorder import ClaimLost, UnitRecorder
from model_service.experiments.records.events import MAX_LOG_CHARACTERS, Event, list_events
from model_service.experiments.records.units import UnitRow, claim_unit, get_unit


class Recording:
    """A recorder of a claimed unit with a clock that stands still until it is set."""

    def __init__(self, database: Database, experiment_id: str) -> None:
        self.database, self.id, self.now = database, experiment_id, 1_000.0
        with database.writing() as connection:
            claim = claim_unit(connection, experiment_id, 0, "w", self.now)
        assert claim is not None
        self.steps: list[int] = []
        self.recorder = UnitRecorder(database, claim, lambda: self.now, self.steps.append)
        self.known = len(self._all())

    def _all(self) -> list[Event]:
        with self.database.reading() as connection:
            return list_events(connection, self.id, after=0, limit=1_000)

    @property
    def events(self) -> list[Event]:
        return self._all()[self.known :]

    @property
    def unit(self) -> UnitRow:
        with self.database.reading() as connection:
            row = get_unit(connection, self.id, 0)
        assert row is not None
        return row


@pytest.fixture
def recording(sqlite_database: Database, add_experiment: Callable[..., str]) -> Recording:
    return Recording(sqlite_database, add_experiment(sqlite_database))


def advanced(step: int, **others: float) -> Advanced:
    return Advanced(step, 100, 0.5, 20.0, others)


def test_steps_are_written_once_a_second(recording: Recording) -> None:
    for tick in range(41):
        recording.now = 1_000.0 + tick / 8
        recording.recorder.record(advanced(tick))
    assert [event.body["step"] for event in recording.events] == [0, 8, 16, 24, 32, 40]
    assert recording.unit.step == 40


def test_steps_are_counted_as_they_are_told(recording: Recording) -> None:
    for step in (10, 10, 25, 100):
        recording.recorder.record(advanced(step))
    assert sum(recording.steps) == 100


def test_steps_that_were_trained_before_are_not_counted_again(
    sqlite_database: Database, add_experiment: Callable[..., str]
) -> None:
    experiment_id = add_experiment(sqlite_database)
    Recording(sqlite_database, experiment_id)
    again = Recording(sqlite_database, experiment_id)
    for step in (60, 75, 100):
        again.recorder.record(advanced(step))
    assert again.steps == [15, 25]


def test_the_last_step_is_written_in_any_case(recording: Recording) -> None:
    recording.recorder.record(advanced(98))
    recording.recorder.record(advanced(99))
    recording.recorder.record(advanced(100, sharpe=1.5))
    assert [event.body["step"] for event in recording.events] == [98, 100]
    unit = recording.unit
    assert (unit.step, unit.total, unit.steps_per_second) == (100, 100, 20.0)
    assert unit.metrics == {"sharpe": 1.5, "loss": 0.5}


def test_a_sign_of_life_is_written_every_few_seconds_and_makes_no_event(
    recording: Recording,
) -> None:
    recording.recorder.record(advanced(1))
    for second in range(1, 8):
        recording.now = 1_000.0 + second
        recording.recorder.record(Alive())
    assert recording.unit.seen_at == 1_006.0
    assert len(recording.events) == 1


def test_a_note_brings_the_steps_before_it(recording: Recording) -> None:
    recording.recorder.record(advanced(1))
    recording.recorder.record(advanced(2))
    recording.recorder.record(Noted("x" * (MAX_LOG_CHARACTERS + 1)))
    assert [(event.kind, event.body.get("step")) for event in recording.events] == [
        ("progress", 1),
        ("progress", 2),
        ("log", None),
    ]
    assert len(recording.events[-1].body["text"]) == MAX_LOG_CHARACTERS


def test_every_validation_is_written(recording: Recording) -> None:
    for step in (10, 20):
        recording.recorder.record(Validated(step, 100, {"sharpe": step / 10}))
    assert [event.body for event in recording.events] == [
        {"step": step, "total": 100, "validation": {"sharpe": step / 10}} for step in (10, 20)
    ]


def test_who_lost_the_claim_is_told_and_writes_nothing(recording: Recording) -> None:
    with recording.database.writing() as connection:
        claim_unit(connection, recording.id, 0, "another", 1.0)
    for message in (advanced(3), Noted("late"), Validated(3, 100, {})):
        with pytest.raises(ClaimLost):
            recording.recorder.record(message)
    assert recording.events == []
    assert recording.unit.step == 0
