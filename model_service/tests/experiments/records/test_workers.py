"""Workers: who lives, who was replaced, and who is gone."""

from __future__ import annotations

from model_service.database import Database
from model_service.experiments.records.workers import (
    Worker,
    beat,
    declare_gone,
    is_incarnation,
    last_sign_of_life,
    list_workers,
    register_worker,
)


def register(database: Database, worker_id: str) -> Worker:
    with database.writing() as connection:
        return register_worker(connection, worker_id, 1.0)


def give_sign(database: Database, worker: Worker) -> bool:
    with database.writing() as connection:
        return beat(connection, worker, 2.0)


def known(database: Database) -> dict[str, Worker]:
    with database.reading() as connection:
        return {worker.id: worker for worker in list_workers(connection)}


def declare(database: Database, seen: Worker) -> bool:
    with database.writing() as connection:
        return declare_gone(connection, seen)


def test_a_beat_grows_while_a_worker_lives(database: Database) -> None:
    worker = register(database, "a")
    assert worker == Worker("a", 1, 0)
    assert [give_sign(database, worker) for _ in range(3)] == [True] * 3
    assert known(database) == {"a": Worker("a", 1, 3)}


def test_a_worker_that_starts_again_replaces_itself(database: Database) -> None:
    first = register(database, "a")
    give_sign(database, first)
    second = register(database, "a")
    assert second.incarnation == 2
    assert not give_sign(database, first)
    assert give_sign(database, second)
    with database.reading() as connection:
        assert not is_incarnation(connection, first)
        assert is_incarnation(connection, second)


def test_one_that_was_seen_to_stand_still_is_declared_gone_once(database: Database) -> None:
    register(database, "a")
    other = register(database, "b")
    seen = known(database)["a"]
    assert declare(database, seen)
    assert not declare(database, seen)
    assert list(known(database)) == ["b"]
    with database.reading() as connection:
        assert not is_incarnation(connection, seen)
        assert is_incarnation(connection, other)


def test_one_that_gave_a_sign_since_is_not_declared_gone(database: Database) -> None:
    worker = register(database, "a")
    seen = known(database)["a"]
    give_sign(database, worker)
    assert not declare(database, seen)
    assert give_sign(database, worker)


def test_one_that_was_declared_gone_finds_itself_replaced_and_may_come_back(
    database: Database,
) -> None:
    worker = register(database, "a")
    assert declare(database, known(database)["a"])
    assert not give_sign(database, worker)
    again = register(database, "a")
    assert give_sign(database, again)
    assert known(database)["a"].incarnation == again.incarnation == 3


def test_the_last_sign_of_life_is_that_of_a_worker_that_is_not_gone(database: Database) -> None:
    def last() -> float | None:
        with database.reading() as connection:
            return last_sign_of_life(connection)

    assert last() is None
    give_sign(database, register(database, "a"))
    register(database, "b")
    assert last() == 2.0
    declare(database, known(database)["a"])
    assert last() == 1.0
