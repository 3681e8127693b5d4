"""Stopping and removing experiments."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.errors import ExperimentConflict, ExperimentNotFound
from model_service.experiments.queue.cancellation import CancellationWatch
from model_service.experiments.queue.control import Control
from model_service.experiments.queue.durable_queue import DurableQueue
from model_service.experiments.queue.progression import enqueue_stage
from model_service.experiments.queue.stop_list import StopList
from model_service.experiments.records.experiments import change_state, get_experiment
from model_service.experiments.records.units import claim_unit, list_units

AddExperiment = Callable[..., str]


class Office:
    """A control with what it decides on."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.store = ArtefactStore(str(folder / "artefacts"))
        self.queue = DurableQueue(database)
        self.promoted: str | None = None
        self.control = Control(
            database, self.queue, self.store, promoted=lambda: self.promoted, clock=lambda: 9.0
        )

    def state(self, experiment_id: str) -> str:
        with self.database.reading() as connection:
            return get_experiment(connection, experiment_id).state

    def units(self, experiment_id: str) -> list[str]:
        with self.database.reading() as connection:
            return [unit.state for unit in list_units(connection, experiment_id)]

    def move(self, experiment_id: str, state: str) -> None:
        with self.database.writing() as connection:
            assert change_state(connection, experiment_id, state, at=1.0)

    def leave_artefacts(self, experiment_id: str) -> list[str]:
        """One of each kind, as an experiment leaves them."""
        names = [
            f"agents/{experiment_id}_s0/manifest.json",
            f"agents/{experiment_id}_s0@10/manifest.json",
            f"checkpoints/{experiment_id}/0/1.safetensors",
            f"evaluations/{experiment_id}.json",
            f"moments/{experiment_id}/0/10.safetensors",
            f"results/{experiment_id}/0-abc.safetensors",
        ]
        for name in names:
            self.store.write(name, b"x")
        return names


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    made = Office(database, tmp_path)
    yield made
    made.queue.close()


def test_what_waits_is_cancelled_at_once(office: Office, add_experiment: AddExperiment) -> None:
    experiment_id = add_experiment(office.database, state="queued")
    assert office.control.cancel(experiment_id).state == "cancelled"
    assert office.units(experiment_id) == ["cancelled", "cancelled"]


def test_what_runs_is_cancelled_by_its_worker(
    office: Office, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(office.database)
    with office.database.writing() as connection:
        claim_unit(connection, experiment_id, 0, "w", 1.0)
    assert office.control.cancel(experiment_id).state == "cancelling"
    assert office.control.cancel(experiment_id).state == "cancelling"
    assert office.units(experiment_id) == ["running", "cancelled"]


@pytest.mark.parametrize("state", ["failed", "done"])
def test_what_has_ended_stays_as_it_is(
    office: Office, add_experiment: AddExperiment, state: str
) -> None:
    experiment_id = add_experiment(office.database)
    office.move(experiment_id, state)
    assert office.control.cancel(experiment_id).state == state


def test_what_is_not_known_is_told(office: Office) -> None:
    for ask in (office.control.cancel, office.control.remove):
        with pytest.raises(ExperimentNotFound):
            ask("train-none")


def test_a_removed_experiment_leaves_nothing_and_takes_nothing_of_others(
    office: Office, add_experiment: AddExperiment
) -> None:
    experiment_id, other = add_experiment(office.database), add_experiment(office.database)
    office.leave_artefacts(experiment_id)
    kept = office.leave_artefacts(other)
    for one in (experiment_id, other):
        enqueue_stage(office.database.writing, office.queue, one, 1)
        office.move(one, "done")
    assert office.control.remove(experiment_id) is None
    assert office.store.names("") == kept
    left = {one.workflow_id for one in office.queue._client.list_workflows()}
    assert left == {f"{other}/0"}
    with pytest.raises(ExperimentNotFound):
        office.control.remove(experiment_id)


def test_what_has_not_ended_is_cancelled_instead_and_keeps_its_artefacts(
    office: Office, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(office.database)
    with office.database.writing() as connection:
        claim_unit(connection, experiment_id, 0, "w", 1.0)
    names = office.leave_artefacts(experiment_id)
    left = office.control.remove(experiment_id)
    assert left is not None
    assert left.state == "cancelling"
    assert office.store.names("") == names


@pytest.mark.parametrize("label", ["s0", "s0@10"])
def test_the_experiment_of_the_default_agent_is_not_removed(
    office: Office, add_experiment: AddExperiment, label: str
) -> None:
    experiment_id = add_experiment(office.database)
    names = office.leave_artefacts(experiment_id)
    office.move(experiment_id, "done")
    office.promoted = f"{experiment_id}_{label}"
    with pytest.raises(ExperimentConflict, match=office.promoted):
        office.control.remove(experiment_id)
    assert office.store.names("") == names
    assert office.state(experiment_id) == "done"
    # That of an experiment with a longer name is somebody else's.
    office.promoted = f"{experiment_id}0_{label}"
    assert office.control.remove(experiment_id) is None


def test_a_worker_follows_what_is_cancelled_and_takes_it_out_of_the_queue(
    office: Office,
    add_experiment: AddExperiment,
    queued_units: Callable[[DurableQueue], set[str]],
) -> None:
    runs = add_experiment(office.database, tasks=("train",) * 3 + ("assess",))
    goes_on = add_experiment(office.database)
    for one in (runs, goes_on):
        enqueue_stage(office.database.writing, office.queue, one, 1)
    with office.database.writing() as connection:
        claim_unit(connection, runs, 0, "w", 1.0)
    stops = StopList()
    watch = CancellationWatch(office.database, office.queue, stops, lambda: 9.0)
    watch.start()
    try:
        office.control.cancel(runs)
        wait_for(lambda: stops.is_stopped(runs))
        wait_for(lambda: queued_units(office.queue) == {f"{runs}/0", f"{goes_on}/0"})
        assert not stops.is_stopped(goes_on)
        assert office.state(runs) == "cancelling"
    finally:
        watch.stop()
        wait_for(lambda: not any(one.name == "cancellation" for one in threading.enumerate()))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20.0
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
