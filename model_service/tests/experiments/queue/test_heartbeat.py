"""Signs of life, with times short enough to wait for: whose beat stands still is gone, once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from model_service.database import Database
from model_service.experiments.queue.heartbeat import Heartbeat
from model_service.experiments.records.workers import list_workers

BEAT, LEASE, DEADLINE = 0.03, 0.8, 20.0


class Member:
    """A worker's heartbeat, and what it was told."""

    def __init__(self, database: Database, worker_id: str) -> None:
        self.gone: list[str] = []
        self.replaced = threading.Event()
        self.heartbeat = Heartbeat(
            database,
            worker_id,
            beat_seconds=BEAT,
            lease_seconds=LEASE,
            clock=time.time,
            on_replaced=self.replaced.set,
            on_gone=self.gone.append,
        )
        self.heartbeat.register()


Join = Callable[[str], Member]


@pytest.fixture
def join(database: Database) -> Iterator[Join]:
    """``join("a")``: a registered worker that does not beat yet."""
    members: list[Member] = []

    def make(worker_id: str) -> Member:
        members.append(Member(database, worker_id))
        return members[-1]

    yield make
    for member in members:
        member.heartbeat.stop()
    # The database is emptied next, and nobody should beat into that.
    wait_for(lambda: not any(thread.name == "heartbeat" for thread in threading.enumerate()))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def beats(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {worker.id: worker.beat for worker in list_workers(connection)}


def test_one_whose_beat_stands_still_is_declared_gone_by_one_other_once(
    database: Database, join: Join
) -> None:
    watchers = [join("a"), join("b")]
    silent = join("silent")
    for watcher in watchers:
        watcher.heartbeat.start()
    wait_for(lambda: any(watcher.gone for watcher in watchers))
    known = beats(database)
    wait_for(lambda: all(beats(database)[one] > known[one] + LEASE / BEAT for one in ("a", "b")))
    assert sorted(watchers[0].gone + watchers[1].gone) == ["silent"]
    assert set(beats(database)) == {"a", "b"}
    # Should it have lived after all, it finds that out with its next beat.
    silent.heartbeat.start()
    assert silent.replaced.wait(DEADLINE)


def test_the_living_are_never_declared_gone(database: Database, join: Join) -> None:
    members = [join(name) for name in ("a", "b")]
    for member in members:
        member.heartbeat.start()
    wait_for(lambda: all(beat > 1.5 * LEASE / BEAT for beat in beats(database).values()))
    assert all(member.heartbeat.is_fresh() for member in members)
    assert [member.gone for member in members] == [[], []]
    assert not any(member.replaced.is_set() for member in members)


def test_one_that_was_started_again_in_its_name_stops_the_older(join: Join) -> None:
    older = join("a")
    older.heartbeat.start()
    newer = join("a")
    newer.heartbeat.start()
    assert older.replaced.wait(DEADLINE)
    wait_for(lambda: not older.heartbeat.is_fresh())
    assert newer.heartbeat.is_fresh()
    assert not newer.replaced.is_set()


def test_while_the_database_is_away_nobody_is_declared_gone(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "experiments.sqlite3"
    impatient = Database(f"sqlite:///{path}", patience_seconds=0.05)
    members = [Member(impatient, name) for name in ("a", "b")]
    for member in members:
        member.heartbeat.start()
    wait_for(lambda: all(beat > 1 for beat in beats(sqlite_database).values()))
    # Without its folder nothing new can be opened, and what is open has lost its file.
    impatient.close()
    away = tmp_path.with_name(f"{tmp_path.name}-away")
    tmp_path.rename(away)
    try:
        wait_for(lambda: not any(member.heartbeat.is_fresh() for member in members))
        time.sleep(1.5 * LEASE)
        assert [member.gone for member in members] == [[], []]
    finally:
        impatient.close()
        away.rename(tmp_path)
    wait_for(lambda: all(member.heartbeat.is_fresh() for member in members))
    assert [member.gone for member in members] == [[], []]
    assert not any(member.replaced.is_set() for member in members)
    for member in members:
        member.heartbeat.stop()
