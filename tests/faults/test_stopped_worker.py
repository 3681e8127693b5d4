"""A worker that is stopped for longer than its lease, and then goes on."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from model_service.experiments.queue.worker import REPLACED
from tests.faults.installation import Installation, installation, wait_until
from tests.figures import Record

LEASE_SECONDS = 3.0
SHORT_LEASE = {"MODEL_WORKER_LEASE_SECONDS": str(LEASE_SECONDS), "MODEL_WORKER_BEAT_SECONDS": "0.5"}


@pytest.mark.timeout(300)
def test_a_worker_that_was_taken_for_gone_commits_nothing_twice(
    tmp_path: Path, figures: Record
) -> None:
    with installation(tmp_path, environment=SHORT_LEASE) as lab:
        first = lab.start_worker("first")
        experiments = [lab.submit(steps=8_000, seeds=(seed,)) for seed in range(4)]
        wait_until(lambda: any(_is_begun(lab, one) for one in experiments), 60)
        begun = [one for one in experiments if _is_begun(lab, one)]
        first.send_signal(signal.SIGSTOP)
        stopped = time.monotonic()
        second = lab.start_worker("second")
        # Its children are not stopped: they go on, and nobody reads what they have to say.
        taken = wait_until(
            lambda: all(lab.units(one)[0].worker_id == "second" for one in begun), 60
        )
        first.send_signal(signal.SIGCONT)
        assert first.wait(timeout=20) == REPLACED
        for one in experiments:
            assert lab.wait_for_end(one, 120).state == "done"
            done = [e for e in lab.events(one) if e.kind == "unit" and e.body["state"] == "done"]
            assert sorted(event.unit or 0 for event in done) == [0, 1]
            ends = [e for e in lab.events(one) if e.kind == "state" and e.body["state"] == "done"]
            assert len(ends) == 1
        assert second.poll() is None
        figures(
            taken_over_after_seconds=round(taken, 2),
            stopped_for_seconds=round(time.monotonic() - stopped, 1),
            lease_seconds=LEASE_SECONDS,
        )


@pytest.mark.timeout(180)
def test_a_stopped_worker_that_nobody_missed_goes_on(tmp_path: Path) -> None:
    with installation(tmp_path, environment=SHORT_LEASE) as lab:
        worker = lab.start_worker()
        experiment = lab.submit(steps=8_000)
        wait_until(lambda: _is_begun(lab, experiment), 60)
        worker.send_signal(signal.SIGSTOP)
        time.sleep(2 * LEASE_SECONDS)
        worker.send_signal(signal.SIGCONT)
        assert lab.wait_for_end(experiment, 120).state == "done"
        assert worker.poll() is None
        assert lab.units(experiment)[0].fence == 1


@pytest.mark.timeout(180)
def test_the_work_of_a_worker_that_never_comes_back_is_given_to_the_living(
    tmp_path: Path, figures: Record
) -> None:
    with installation(tmp_path, environment=SHORT_LEASE) as lab:
        gone = lab.start_worker("gone")
        experiments = [lab.submit(steps=20_000, seeds=(seed,)) for seed in range(4)]
        wait_until(lambda: any(_is_of(lab, one, "gone") for one in experiments), 60)
        lab.start_worker("living")
        orphans = [one for one in experiments if _is_of(lab, one, "gone")]
        gone.kill()
        gone.wait(timeout=10)
        killed = time.time()
        for one in orphans:
            # It may be done already when it is looked at.
            wait_until(lambda one=one: lab.units(one)[0].worker_id == "living", 60)  # type: ignore[misc]
        figures(orphans=len(orphans), going_on_after_seconds=round(time.time() - killed, 2))
        for one in experiments:
            assert lab.wait_for_end(one, 120).state == "done"


def _is_begun(lab: Installation, experiment: str) -> bool:
    return lab.units(experiment)[0].step > 0


def _is_of(lab: Installation, experiment: str, worker_id: str) -> bool:
    unit = lab.units(experiment)[0]
    return unit.worker_id == worker_id and unit.state == "running"
