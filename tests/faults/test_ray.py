"""Experiments on a Ray cluster that loses nodes, its head, and the processes of units."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from tests.faults.installation import Installation, installation, wait_until
from tests.faults.ray_cluster import RayCluster, is_alive, ray_cluster
from tests.figures import Record

pytest.importorskip("ray", reason="Ray is not installed")

ENDLESS = 50_000_000
NOTICED_SECONDS = 30.0
"""So soon the loss of a cluster is noticed at the latest."""
DISCOUNTS = [0.5, 0.7, 0.8, 0.9]


@pytest.fixture(scope="module")
def one_node() -> Iterator[RayCluster]:
    """A cluster that nobody breaks."""
    with ray_cluster() as cluster:
        cluster.start_head(cpus=2)
        yield cluster


def environment_of(cluster: RayCluster) -> Mapping[str, str]:
    return {"RAY_ADDRESS": cluster.address}


def sweep(lab: Installation, units: int, steps: int = 30) -> str:
    """Queue so many small trainings, and what compares them."""
    return lab.submit(
        "sweep",
        steps=steps,
        grid={"learning.discount": DISCOUNTS},
        seeds=tuple(range(units // len(DISCOUNTS))),
    )


def numbers_of(lab: Installation, experiment: str) -> tuple[dict[int, str], str]:
    """Hashes of every training, and of the result."""
    units = {
        one.unit: one.outcome["numbers_hash"]
        for one in lab.units(experiment)
        if one.outcome is not None and one.task == "train"
    }
    result = lab.experiment(experiment).result
    assert result is not None
    return units, result["result_hash"]


def count_done(lab: Installation, experiment: str) -> int:
    return sum(unit.state == "done" for unit in lab.units(experiment))


def fences_of_done(lab: Installation, experiment: str) -> dict[int, int]:
    return {one.unit: one.fence for one in lab.units(experiment) if one.state == "done"}


@pytest.mark.timeout(1_200)
def test_a_sweep_outlives_a_node_and_has_the_bits_of_child_processes(
    tmp_path: Path, figures: Record
) -> None:
    count = 200
    with ray_cluster() as cluster:
        cluster.start_head(cpus=1)
        doomed, _ = cluster.add_node(cpus=1), cluster.add_node(cpus=1)
        (tmp_path / "ray").mkdir()
        with installation(
            tmp_path / "ray", environment=environment_of(cluster), candles=300
        ) as lab:
            began = time.monotonic()
            lab.start_worker()
            experiment = sweep(lab, count)
            wait_until(lambda: count_done(lab, experiment) >= count // 2, 400)
            doomed.kill()
            assert lab.wait_for_end(experiment, 400).state == "done"
            ray_seconds = time.monotonic() - began
            on_ray = numbers_of(lab, experiment)
            repeats = sum(unit.fence - 1 for unit in lab.units(experiment))
            crashes = sum(unit.crashes for unit in lab.units(experiment))
    (tmp_path / "children").mkdir()
    with installation(tmp_path / "children", candles=300) as lab:
        began = time.monotonic()
        lab.start_worker()
        experiment = sweep(lab, count)
        assert lab.wait_for_end(experiment, 400).state == "done"
        child_seconds = time.monotonic() - began
        in_children = numbers_of(lab, experiment)
    figures(
        units=len(on_ray[0]),
        ray_seconds=round(ray_seconds, 1),
        child_process_seconds=round(child_seconds, 1),
        repeats=repeats,
        crashes=crashes,
    )
    assert len(on_ray[0]) == count
    assert on_ray == in_children
    assert repeats <= 2 * len(cluster.nodes)


@pytest.mark.timeout(600)
def test_the_queue_goes_on_when_the_head_is_back(tmp_path: Path, figures: Record) -> None:
    count = 60
    with (
        ray_cluster() as cluster,
        installation(tmp_path, environment=environment_of(cluster), candles=300) as lab,
    ):
        head = cluster.start_head(cpus=1)
        node = cluster.add_node(cpus=1)
        worker = lab.start_worker()
        experiment = sweep(lab, count)
        wait_until(lambda: count_done(lab, experiment) >= count // 4, 200)
        head.kill()
        killed = time.monotonic()
        # What was finished a moment before may still be on its way into the database.
        time.sleep(1.0)
        done = fences_of_done(lab, experiment)
        noticed = wait_until(lambda: "no Ray cluster" in lab.log_of(), NOTICED_SECONDS)
        # Ray starts no head on a machine with a node that still looks for the old one.
        wait_until(node.has_ended, 60)
        assert fences_of_done(lab, experiment) == done
        cluster.start_head(cpus=2)
        back = time.monotonic()
        wait_until(lambda: count_done(lab, experiment) > len(done), 120)
        first_seconds = time.monotonic() - back
        assert lab.wait_for_end(experiment, 300).state == "done"
        assert worker.poll() is None
        units = {unit.unit: unit for unit in lab.units(experiment)}
        assert {unit: units[unit].fence for unit in done} == done
        assert _times_done(lab, experiment) == dict.fromkeys(units, 1)
        assert max(unit.crashes for unit in units.values()) <= 1
        figures(
            done_before=len(done),
            noticed_seconds=round(noticed + 1.0, 1),
            head_away_seconds=round(back - killed, 1),
            first_unit_after_head_seconds=round(first_seconds, 1),
            repeats=sum(unit.fence - 1 for unit in units.values()),
            crashes=sum(unit.crashes for unit in units.values()),
        )


@pytest.mark.timeout(300)
def test_a_head_that_stands_still_is_noticed(tmp_path: Path, figures: Record) -> None:
    with (
        ray_cluster() as cluster,
        installation(tmp_path, environment=environment_of(cluster)) as lab,
    ):
        head = cluster.start_head(cpus=1)
        lab.start_worker()
        experiment = lab.submit(steps=ENDLESS)
        wait_until(lambda: lab.units(experiment)[0].step > 0, 90)
        gcs = head.process_named("gcs_server")
        gcs.send_signal(signal.SIGSTOP)
        noticed = wait_until(lambda: lab.units(experiment)[0].crashes == 1, NOTICED_SECONDS)
        stopped_at = lab.units(experiment)[0].step
        gcs.send_signal(signal.SIGCONT)
        back = wait_until(lambda: lab.units(experiment)[0].step > stopped_at, 90)
        assert lab.units(experiment)[0].crashes == 1
        figures(noticed_seconds=round(noticed, 1), goes_on_seconds=round(back, 1))


@pytest.mark.timeout(200)
def test_no_process_is_alive_two_seconds_after_a_cancel(
    one_node: RayCluster, tmp_path: Path, figures: Record
) -> None:
    with installation(tmp_path, environment=environment_of(one_node)) as lab:
        lab.start_worker()
        experiment = lab.submit(steps=ENDLESS, seeds=(0, 1, 2))
        before = _processes_of_units(lab, one_node, experiment, count=2)
        lab.control.cancel(experiment)
        seconds = wait_until(lambda: not any(map(is_alive, before)), 10, every=0.01)
        assert lab.wait_for_end(experiment, 10).state == "cancelled"
        figures(processes_gone_seconds=round(seconds, 3))
        assert seconds <= 2.0
        time.sleep(1.0)
        assert one_node.units() == []
        other = lab.submit(steps=50)
        assert lab.wait_for_end(other, 60).state == "done"


@pytest.mark.timeout(200)
def test_no_process_outlives_a_killed_worker(
    one_node: RayCluster, tmp_path: Path, figures: Record
) -> None:
    with installation(tmp_path, environment=environment_of(one_node)) as lab:
        worker = lab.start_worker()
        experiment = lab.submit(steps=ENDLESS)
        before = _processes_of_units(lab, one_node, experiment, count=1)
        worker.kill()
        worker.wait(timeout=10)
        seconds = wait_until(lambda: not any(map(is_alive, before)), 10, every=0.01)
        figures(processes_gone_seconds=round(seconds, 3))
        assert seconds <= 2.0


@pytest.mark.timeout(200)
def test_a_unit_that_falls_silent_is_begun_anew(
    one_node: RayCluster, tmp_path: Path, figures: Record
) -> None:
    silence = {"MODEL_UNIT_SILENCE_SECONDS": "5", "MODEL_CHECKPOINT_SECONDS": "1"}
    with installation(tmp_path, environment={**environment_of(one_node), **silence}) as lab:
        lab.start_worker()
        experiment = lab.submit(steps=20_000)
        (process,) = _processes_of_units(lab, one_node, experiment, count=1)
        process.send_signal(signal.SIGSTOP)
        noticed = wait_until(lambda: lab.units(experiment)[0].crashes == 1, 30)
        assert not is_alive(process)
        assert lab.wait_for_end(experiment, 100).state == "done"
        assert lab.units(experiment)[0].fence == 2
        figures(noticed_seconds=round(noticed, 1))


def _processes_of_units(
    lab: Installation, cluster: RayCluster, experiment: str, *, count: int
) -> list[psutil.Process]:
    """The processes that make an experiment's units, once so many train."""
    wait_until(lambda: sum(u.step > 0 for u in lab.units(experiment)) == count, 90)
    found = cluster.units()
    assert len(found) == count
    return found


def _times_done(lab: Installation, experiment: str) -> dict[int, int]:
    counts: dict[int, int] = {}
    for event in lab.events(experiment):
        if event.kind == "unit" and event.body["state"] == "done" and event.unit is not None:
            counts[event.unit] = counts.get(event.unit, 0) + 1
    return counts
