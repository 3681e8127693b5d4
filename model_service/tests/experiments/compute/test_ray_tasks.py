"""One real cluster of one node: the same bits as in a child process, and no zombies."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from model_service.artefacts.store import ArtefactStore
from model_service.experiments.compute.executor import UnitStopped
from model_service.experiments.compute.messages import (
    Advanced,
    Finished,
    Hindered,
    decode_message,
)
from model_service.experiments.compute.orders import UnitOrder
from model_service.experiments.compute.ray_tasks import RayTasks
from model_service.experiments.specification import Specification, SpecifiedSeries
from scripts.stack.ports import free_ports
from tests.faults.ray_cluster import is_alive, ray_cluster

SILENCE_SECONDS = 60.0
ENDLESS = 50_000_000


@pytest.fixture
def order(
    stocked: tuple[ArtefactStore, tuple[SpecifiedSeries, ...]],
    make_specification: Callable[..., Specification],
    tmp_path: Path,
) -> UnitOrder:
    """A small training."""
    store, series = stocked
    return UnitOrder(
        experiment_id="train-1",
        name="A training",
        unit=0,
        fence=1,
        task="train",
        specification=make_specification("train", series=series[:1]).to_dict(),
        seed=0,
        fold=None,
        point={},
        steps=40,
        created_at=1_767_225_600.0,
        code_version="1",
        artefacts_url=store.url,
        agents_dir=str(tmp_path / "agents"),
        checkpoint_seconds=5.0,
        side_by_side=1,
    )


@pytest.fixture
def away() -> Iterator[RayTasks]:
    """An executor whose cluster is nowhere."""
    (port,) = free_ports(1)
    executor = RayTasks(
        f"127.0.0.1:{port}", 3, silence_seconds=SILENCE_SECONDS, patience_seconds=0.3
    )
    yield executor
    executor.close()


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A child process that makes one unit; it loads TensorFlow while the cluster starts."""
    command = [sys.executable, "-m", "model_service.experiments.compute.child", str(os.getpid())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        process.kill()


@pytest.mark.timeout(120)
def test_a_cluster_makes_the_bits_of_child_processes_and_leaves_no_zombies(
    order: UnitOrder, child: subprocess.Popen[bytes]
) -> None:
    pytest.importorskip("ray", reason="Ray is not installed")
    with ray_cluster() as cluster:
        cluster.start_head(cpus=1)
        executor = RayTasks(cluster.address, None, silence_seconds=SILENCE_SECONDS)
        try:
            assert executor.slots == 1
            *_, last = executor.run(order, lambda: False)
            assert isinstance(last, Finished)
            told, _ = child.communicate(order.encode(), timeout=60)
            assert last == decode_message(told.splitlines()[-1])

            endless = replace(order, unit=1, steps=ENDLESS)
            stopped: list[bool] = []
            messages = executor.run(endless, lambda: bool(stopped))
            assert any(isinstance(message, Advanced) for message in messages)
            (process,) = cluster.units()
            stopped.append(True)
            began = time.monotonic()
            with pytest.raises(UnitStopped):
                list(messages)
            assert time.monotonic() - began < 2.0
            assert not is_alive(process)
        finally:
            executor.close()


def test_without_a_cluster_a_unit_is_hindered_and_has_not_died(
    away: RayTasks, order: UnitOrder
) -> None:
    (told,) = away.run(order, lambda: False)
    assert isinstance(told, Hindered)
    assert "no Ray cluster at 127.0.0.1:" in told.reason
    assert "refused" in told.reason
    assert away.slots == 3


def test_a_unit_that_waits_for_a_cluster_can_be_stopped(away: RayTasks, order: UnitOrder) -> None:
    with pytest.raises(UnitStopped):
        list(away.run(order, lambda: True))
