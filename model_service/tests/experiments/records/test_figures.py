"""How it stands with all experiments together."""

from __future__ import annotations

from collections.abc import Callable

from model_service.database import Database
from model_service.experiments.records.experiments import set_stage
from model_service.experiments.records.figures import Figures, read_figures
from model_service.experiments.records.units import claim_unit, update_claimed
from model_service.experiments.records.workers import (
    Worker,
    declare_gone,
    register_worker,
)

AddExperiment = Callable[..., str]
NOW = 1_000.0


def read(database: Database) -> Figures:
    with database.reading() as connection:
        return read_figures(connection, now=NOW, lease_seconds=10.0)


def test_an_empty_database_has_no_figures_but_zeros(database: Database) -> None:
    figures = read(database)
    assert set(figures.experiments.values()) == set(figures.units.values()) == {0}
    assert len(figures.experiments) == 6
    assert (figures.queue_oldest_seconds, figures.longest_silence_seconds) == (0.0, 0.0)
    assert figures.workers_alive == 0


def test_states_ages_and_workers(database: Database, add_experiment: AddExperiment) -> None:
    first = add_experiment(database, tasks=("train", "train", "assess"), at=100.0)
    add_experiment(database, state="queued", at=400.0)
    add_experiment(database, state="cancelling", at=1.0)
    with database.writing() as connection:
        claim = claim_unit(connection, first, 0, "w", 930.0)
        register_worker(connection, "mine", 995.0)
        register_worker(connection, "silent", 980.0)
        register_worker(connection, "gone", 999.0)
        declare_gone(connection, Worker("gone", 1, 0))
    assert claim is not None
    figures = read(database)
    assert {state: n for state, n in figures.experiments.items() if n} == {
        "queued": 1,
        "running": 1,
        "cancelling": 1,
    }
    assert {state: n for state, n in figures.units.items() if n} == {"queued": 6, "running": 1}
    assert figures.workers_alive == 1
    # The second unit of the first; that which is cancelled waits for nobody.
    assert figures.queue_oldest_seconds == 900.0
    assert figures.longest_silence_seconds == 70.0
    # One that was given back waits since then.
    with database.writing() as connection:
        assert update_claimed(connection, claim, state="queued", seen_at=950.0)
        second = claim_unit(connection, first, 1, "w", 990.0)
    assert second is not None
    figures = read(database)
    assert (figures.queue_oldest_seconds, figures.longest_silence_seconds) == (600.0, 10.0)


def test_a_stage_waits_since_the_one_before_has_ended(
    database: Database, add_experiment: AddExperiment
) -> None:
    only = add_experiment(database, tasks=("train", "assess"), at=100.0)
    with database.writing() as connection:
        claim = claim_unit(connection, only, 0, "w", 200.0)
        assert claim is not None
        assert update_claimed(connection, claim, state="done", ended_at=970.0)
    assert read(database).queue_oldest_seconds == 0.0
    with database.writing() as connection:
        assert set_stage(connection, only, 2)
    assert read(database).queue_oldest_seconds == 30.0
