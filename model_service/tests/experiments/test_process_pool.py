"""Whoever leaves the pool by an error finds none of its processes running."""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from model_service.experiments.process_pool import training_processes


def test_a_process_is_set_up_before_its_first_task(tmp_path: Path) -> None:
    here = Path.cwd()
    with training_processes(1, os.chdir, (tmp_path,)) as pool:
        assert Path(pool.submit(os.getcwd).result()).samefile(tmp_path)
        assert pool.submit(os.getpid).result() != os.getpid()
    assert Path.cwd() == here


def fail(error: type[BaseException], waiting: list[Future[None]]) -> None:
    """With two processes at work or still starting, and more tasks than they have taken."""
    with training_processes(2) as pool:
        pool.submit(os.getpid).result()
        waiting += [pool.submit(time.sleep, 3_600.0) for _ in range(6)]
        raise error


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_nobody_goes_on_behind_an_error(error: type[BaseException]) -> None:
    waiting: list[Future[None]] = []
    with pytest.raises(error):
        fail(error, waiting)
    assert multiprocessing.active_children() == []
    assert len(waiting) == 6
    assert all(isinstance(task.exception(timeout=0), BrokenProcessPool) for task in waiting)
