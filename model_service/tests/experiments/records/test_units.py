"""Claims and fences: of all who begin a unit only the last may say what it came to, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model_service.database import Database
from model_service.experiments.records.experiments import change_state
from model_service.experiments.records.units import (
    Claim,
    UnitRow,
    cancel_units,
    claim_unit,
    count_by_state,
    count_queued,
    get_unit,
    list_metrics,
    list_rates,
    list_units,
    set_totals,
    sum_units,
    update_claimed,
)

AddExperiment = Callable[..., str]


def claim(database: Database, experiment_id: str, unit: int = 0, worker: str = "w") -> Claim | None:
    with database.writing() as connection:
        return claim_unit(connection, experiment_id, unit, worker, now=5.0)


def update(database: Database, held: Claim | None, **values: Any) -> bool:
    assert held is not None
    with database.writing() as connection:
        return update_claimed(connection, held, **values)


def read(database: Database, experiment_id: str, unit: int = 0) -> UnitRow:
    with database.reading() as connection:
        row = get_unit(connection, experiment_id, unit)
    assert row is not None
    return row


def test_of_two_who_begin_a_unit_the_last_commits(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(database)
    first = claim(database, experiment_id, worker="one")
    second = claim(database, experiment_id, worker="two")
    assert (first, second) == (Claim(experiment_id, 0, 1), Claim(experiment_id, 0, 2))
    assert not update(database, first, step=7)
    assert not update(database, first, state="done", outcome={"from": "one"})
    assert update(database, second, state="done", outcome={"from": "two"}, ended_at=9.0)
    row = read(database, experiment_id)
    assert (row.state, row.outcome, row.worker_id, row.fence) == ("done", {"from": "two"}, "two", 2)


def test_an_outcome_is_committed_once(database: Database, add_experiment: AddExperiment) -> None:
    experiment_id = add_experiment(database)
    held = claim(database, experiment_id)
    assert update(database, held, state="done", outcome={"n": 1})
    assert not update(database, held, state="done", outcome={"n": 2})
    assert not update(database, held, state="failed", reason="no")
    assert claim(database, experiment_id) is None
    assert read(database, experiment_id).outcome == {"n": 1}


def test_what_was_cancelled_is_not_overwritten(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(database)
    held = claim(database, experiment_id)
    with database.writing() as connection:
        assert cancel_units(connection, experiment_id, "running", 9.0) == 1
        assert cancel_units(connection, experiment_id, "queued", 9.0) == 1
    assert not update(database, held, state="done", outcome={"n": 1})
    row = read(database, experiment_id)
    assert (row.state, row.outcome, row.ended_at) == ("cancelled", None, 9.0)


@pytest.mark.parametrize("state", ["cancelling", "cancelled", "failed", "done"])
def test_nothing_of_an_experiment_that_stops_is_begun(
    database: Database, add_experiment: AddExperiment, state: str
) -> None:
    experiment_id = add_experiment(database)
    with database.writing() as connection:
        if state == "cancelled":
            change_state(connection, experiment_id, "cancelling", at=1.0)
        assert change_state(connection, experiment_id, state, at=1.0)
    assert claim(database, experiment_id) is None
    assert read(database, experiment_id).fence == 0


def test_a_unit_that_waits_again_keeps_when_it_first_began(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(database)
    held = claim(database, experiment_id)
    assert update(database, held, state="queued", crashes=1)
    with database.writing() as connection:
        again = claim_unit(connection, experiment_id, 0, "w", now=50.0)
    assert again is not None
    row = read(database, experiment_id)
    assert (again.fence, row.crashes, row.started_at, row.seen_at) == (2, 1, 5.0, 50.0)


def test_many_who_begin_a_unit_at_once_have_a_fence_each(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(database)
    with ThreadPoolExecutor(6) as pool:
        claims = list(pool.map(lambda _: claim(database, experiment_id), range(12)))
        committed = list(pool.map(lambda one: update(database, one, state="done"), claims))
    fences = [one.fence for one in claims if one is not None]
    assert sorted(fences) == list(range(1, 13))
    assert [fence for fence, won in zip(fences, committed, strict=True) if won] == [12]


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory, _sqlite_file: Any) -> Iterator[Database]:
    """A database for all examples of a property."""
    path = tmp_path_factory.mktemp("lasting") / "experiments.sqlite3"
    path.write_bytes(_sqlite_file.read_bytes())
    database = Database(f"sqlite:///{path}", patience_seconds=5.0)
    yield database
    database.close()


MOVES = st.lists(
    st.one_of(
        st.just(("claim",)),
        st.tuples(st.sampled_from(["done", "failed", "queued", "cancelled"]), st.integers(0, 5)),
    ),
    max_size=12,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves=MOVES)
def test_whatever_happens_only_the_last_claim_of_a_running_unit_counts(
    lasting: Database, add_experiment: AddExperiment, moves: list[tuple[Any, ...]]
) -> None:
    experiment_id = add_experiment(lasting)
    claims: list[Claim] = []
    state = "queued"
    for name, *rest in moves:
        if name == "claim":
            held = claim(lasting, experiment_id)
            assert (held is not None) == (state in ("queued", "running"))
            if held is not None:
                claims.append(held)
                state = "running"
        elif rest[0] < len(claims):
            last = rest[0] == len(claims) - 1
            won = update(lasting, claims[rest[0]], state=name)
            assert won == (last and state == "running")
            state = name if won else state
    assert read(lasting, experiment_id).state == state


def test_units_are_read_in_pages_in_their_order(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(database, tasks=("train",) * 5 + ("assess",))
    with database.reading() as connection:
        first = list_units(connection, experiment_id, limit=4)
        others = list_units(connection, experiment_id, after=first[-1].unit)
    assert [row.unit for row in (*first, *others)] == list(range(6))
    assert others[-1].task == "assess"


def test_units_are_counted_by_state(database: Database, add_experiment: AddExperiment) -> None:
    one = add_experiment(database, tasks=("train", "train", "train", "assess"))
    other = add_experiment(database)
    update(database, claim(database, one, 0), state="done")
    claim(database, one, 1)
    with database.reading() as connection:
        assert count_by_state(connection, one, 1) == {"done": 1, "running": 1, "queued": 1}
        assert count_by_state(connection, other, 0) == {}
        assert count_queued(connection) == 4


def test_sums_are_over_all_units_and_the_rate_over_those_that_run(
    database: Database, add_experiment: AddExperiment
) -> None:
    experiment_id = add_experiment(database, tasks=("train", "train", "train", "assess"))
    empty = add_experiment(database, tasks=())
    update(database, claim(database, experiment_id, 0), state="done", step=40, steps_per_second=9.0)
    update(database, claim(database, experiment_id, 1), step=10, steps_per_second=2.0, seen_at=7.0)
    update(database, claim(database, experiment_id, 2), step=5, steps_per_second=3.0, seen_at=8.0)
    with database.reading() as connection:
        sums = sum_units(connection, [experiment_id, empty])
    assert set(sums) == {experiment_id}
    found = sums[experiment_id]
    assert found.by_state == {"done": 1, "running": 2, "queued": 1}
    assert (found.step, found.total, found.steps_per_second, found.seen_at) == (55, 160, 5.0, 8.0)


def test_metrics_and_rates_are_those_that_were_written(
    database: Database, add_experiment: AddExperiment
) -> None:
    ids = [add_experiment(database) for _ in range(3)]
    for place, experiment_id in enumerate(ids):
        held = claim(database, experiment_id)
        update(
            database, held, state="done", metrics={"sharpe": place / 2, "loss": None},
            steps_per_second=100.0 + place, ended_at=float(place),
        )  # fmt: skip
    with database.reading() as connection:
        assert list_metrics(connection, []) == {}
        assert list_metrics(connection, [(ids[1], 0), (ids[2], 1)]) == {
            ids[1]: {"sharpe": 0.5, "loss": None},
            ids[2]: {},
        }
        assert list_rates(connection, limit=2) == [(ids[2], {}, 102.0), (ids[1], {}, 101.0)]


def test_totals_are_set_for_one_stage(database: Database, add_experiment: AddExperiment) -> None:
    experiment_id = add_experiment(database, tasks=("calibrate", "train", "train", "assess"))
    with database.writing() as connection:
        set_totals(connection, experiment_id, 1, 123)
    with database.reading() as connection:
        totals = [row.total for row in list_units(connection, experiment_id)]
    assert totals == [40, 123, 123, 40]
