"""Cancelling: nothing of an experiment is alive two seconds later."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from tests.faults.installation import children_of, installation, wait_until
from tests.figures import Record

ENDLESS = 50_000_000


@pytest.mark.timeout(120)
def test_no_process_is_alive_two_seconds_after_a_cancel(tmp_path: Path, figures: Record) -> None:
    with installation(tmp_path) as lab:
        worker = lab.start_worker()
        experiment = lab.submit(steps=ENDLESS, seeds=(0, 1, 2))
        wait_until(lambda: sum(u.step > 0 for u in lab.units(experiment)) == 2, 60)
        before = children_of(worker)
        assert len(before) == 2
        began = time.monotonic()
        lab.control.cancel(experiment)
        seconds = wait_until(lambda: not any(map(_is_alive, before)), 10, every=0.01)
        lab.wait_for_end(experiment, 10)
        whole = time.monotonic() - began
        figures(processes_gone_seconds=round(seconds, 3), cancelled_seconds=round(whole, 3))
        assert seconds <= 2.0
        assert [u.state for u in lab.units(experiment)] == ["cancelled"] * 4
        assert lab.store.names(f"checkpoints/{experiment}") == []
        # The worker goes on with whatever comes next.
        other = lab.submit(steps=50)
        assert lab.wait_for_end(other, 60).state == "done"


@pytest.mark.timeout(120)
def test_a_cancel_without_a_worker_ends_at_once(tmp_path: Path) -> None:
    with installation(tmp_path) as lab:
        experiment = lab.submit(seeds=tuple(range(100)))
        assert lab.control.cancel(experiment).state == "cancelled"
        lab.start_worker()
        other = lab.submit(steps=50)
        assert lab.wait_for_end(other, 60).state == "done"
        assert all(unit.fence == 0 for unit in lab.units(experiment))


@pytest.mark.timeout(120)
def test_a_cancel_whose_worker_dies_is_finished_by_the_next(tmp_path: Path) -> None:
    with installation(tmp_path) as lab:
        worker = lab.start_worker()
        experiment = lab.submit(steps=ENDLESS)
        wait_until(lambda: lab.units(experiment)[0].step > 0, 60)
        worker.kill()
        worker.wait(timeout=10)
        assert lab.control.cancel(experiment).state == "cancelling"
        lab.start_worker()
        assert lab.wait_for_end(experiment, 30).state == "cancelled"


def _is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
