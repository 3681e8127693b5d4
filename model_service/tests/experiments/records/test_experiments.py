"""Experiments: which state may follow which, and lists of them in pages."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from model_service.database import Database
from model_service.errors import ExperimentNotFound
from model_service.experiments.records.events import list_events
from model_service.experiments.records.experiments import (
    change_state,
    find_experiment,
    get_experiment,
    list_experiments,
    remember_looks,
    remove_experiment,
    set_stage,
    set_steps,
)
from model_service.experiments.records.tables import experiments
from model_service.experiments.records.units import list_units

AddExperiment = Callable[..., str]

WAYS = {
    "queued": [],
    "running": ["running"],
    "cancelling": ["running", "cancelling"],
    "cancelled": ["cancelling", "cancelled"],
    "failed": ["failed"],
    "done": ["running", "done"],
}
"""How each state is come to from queued."""
ALLOWED = {
    ("queued", "running"), ("queued", "cancelling"), ("queued", "failed"),
    ("running", "cancelling"), ("running", "failed"), ("running", "done"),
    ("cancelling", "cancelled"),
}  # fmt: skip


def move(database: Database, experiment_id: str, *states: str, at: float = 1.0) -> list[bool]:
    moved = []
    for state in states:
        with database.writing() as connection:
            moved.append(change_state(connection, experiment_id, state, at=at))
    return moved


@pytest.mark.parametrize("before", WAYS)
def test_a_state_follows_only_those_that_lead_to_it(
    database: Database, add_experiment: AddExperiment, before: str
) -> None:
    for after in (state for state in WAYS if state != "queued"):
        experiment_id = add_experiment(database, state="queued")
        assert all(move(database, experiment_id, *WAYS[before]))
        with database.reading() as connection:
            told = get_experiment(connection, experiment_id).last_event
        assert move(database, experiment_id, after) == [(before, after) in ALLOWED]
        with database.reading() as connection:
            row = get_experiment(connection, experiment_id)
        assert row.state == (after if (before, after) in ALLOWED else before)
        assert row.last_event == told + ((before, after) in ALLOWED)


def test_of_many_who_end_an_experiment_one_does(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(database)
    ends = ["done", "failed"] * 4
    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(lambda state: move(database, experiment_id, state)[0], ends))
    assert won.count(True) == 1
    with database.reading() as connection:
        assert get_experiment(connection, experiment_id).state == ends[won.index(True)]


def test_times_result_and_reason_are_kept(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(database, state="queued", at=10.0)
    move(database, experiment_id, "running", at=11.0)
    with database.writing() as connection:
        set_steps(connection, experiment_id, 77)
        remember_looks(connection, experiment_id, {"this_window": 2})
        change_state(connection, experiment_id, "done", at=12.0, result={"agents": ["a"]})
    with database.reading() as connection:
        row = get_experiment(connection, experiment_id)
    assert (row.created_at, row.started_at, row.ended_at) == (10.0, 11.0, 12.0)
    assert (row.steps, row.looks, row.result) == (77, {"this_window": 2}, {"agents": ["a"]})
    assert row.specification["series"][0]["symbol"] == "TEST"


def test_why_it_failed_is_in_the_row_and_in_the_event(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(database)
    with database.writing() as connection:
        change_state(connection, experiment_id, "failed", at=3.0, reason="No.")
    with database.reading() as connection:
        assert get_experiment(connection, experiment_id).reason == "No."
        last = list_events(connection, experiment_id, after=0, limit=10)[-1]
    assert (last.kind, last.body) == ("state", {"state": "failed", "text": "No."})


def test_a_stage_is_begun_once_and_only_while_running(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id, waits = add_experiment(database), add_experiment(database, state="queued")
    with database.writing() as connection:
        assert set_stage(connection, experiment_id, 2)
        assert not set_stage(connection, experiment_id, 2)
        assert not set_stage(connection, experiment_id, 1)
        assert not set_stage(connection, waits, 2)


def test_experiments_are_listed_newest_first_in_pages(
    database: Database, add_experiment: AddExperiment
) -> None:
    ids = [
        add_experiment(database, kind="sweep" if place == 2 else "train", state=state)
        for place, state in enumerate(["queued", "running", "queued", "cancelling", "queued"])
    ]
    with database.reading() as connection:
        newest = list_experiments(connection, limit=2)
        older = list_experiments(connection, before=newest[-1].number)
        waiting = list_experiments(connection, states=("queued", "cancelling"), kind="train")
        found = find_experiment(connection, experiments.c.state == "queued")
    assert [row.id for row in (*newest, *older)] == ids[::-1]
    assert [row.id for row in waiting] == [ids[4], ids[3], ids[0]]
    assert found is not None
    assert found.id == ids[4]


def test_a_removed_experiment_leaves_nothing(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id, stays = add_experiment(database), add_experiment(database)
    with database.writing() as connection:
        remove_experiment(connection, experiment_id)
        remove_experiment(connection, experiment_id)
    with database.reading() as connection:
        with pytest.raises(ExperimentNotFound, match=experiment_id) as refusal:
            get_experiment(connection, experiment_id)
        assert refusal.value.field == "experiment_id"
        assert list_units(connection, experiment_id) == []
        assert list_events(connection, experiment_id, after=0, limit=10) == []
        assert len(list_units(connection, stays)) == 2
