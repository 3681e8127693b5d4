"""A full disk and torn checkpoints: carried through, with nothing lost."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.installation import SMALL, Installation, installation, wait_until
from tests.figures import Record

DISK_BYTES = 24 * 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, so that filling it hurts nobody else."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
    )
    if mounted.returncode != 0:
        pytest.skip(f"No file system can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.timeout(300)
def test_a_full_disk_is_waited_out(tmp_path: Path, small_disk: Path, figures: Record) -> None:
    # A worker whose log is on the full disk cannot say there that it is full.
    often = {"MODEL_CHECKPOINT_SECONDS": "0.5"}
    with installation(small_disk, environment=often, log_folder=tmp_path) as lab:
        worker = lab.start_worker()
        experiment = lab.submit(steps=15_000, seeds=(0, 1))
        wait_until(lambda: lab.units(experiment)[0].step > 0, 60)
        ballast = small_disk / "ballast"
        _fill(ballast)
        free = shutil.disk_usage(small_disk).free
        # Long enough for both units to come to their ends with nowhere to put them.
        wait_until(lambda: "database is away" in lab.log_of() or _is_waiting(lab, worker), 60)
        ballast.unlink()
        assert lab.wait_for_end(experiment, 150).state == "done"
        assert worker.poll() is None
        figures(free_bytes_while_full=free, fences=[u.fence for u in lab.units(experiment)])


@pytest.mark.timeout(300)
def test_a_torn_checkpoint_is_left_aside(tmp_path: Path) -> None:
    with installation(tmp_path, environment={"MODEL_CHECKPOINT_SECONDS": "0.5"}) as lab:
        whole = lab.submit(steps=6_000)
        worker = lab.start_worker()
        assert lab.wait_for_end(whole, 120).state == "done"
        experiment = lab.submit(steps=6_000, config={**SMALL, "members": 2})
        checkpoints = f"checkpoints/{experiment}/0"
        wait_until(lambda: bool(lab.store.names(checkpoints)), 60)
        worker.kill()
        worker.wait(timeout=10)
        (name,) = lab.store.names(checkpoints)
        lab.store.write(name, lab.store.read(name)[:1_000])
        lab.start_worker()
        ended = lab.wait_for_end(experiment, 120)
        assert ended.state == "done"
        texts = [e.body["text"] for e in lab.events(experiment) if e.kind == "log"]
        assert any("cannot be read" in text and "left aside" in text for text in texts)
        lab.control.remove(experiment)
        again = lab.submit(steps=6_000, config={**SMALL, "members": 2})
        repeated = lab.wait_for_end(again, 120)
        assert repeated.result is not None
        assert ended.result is not None
        assert repeated.result["result_hash"] == ended.result["result_hash"]


def _fill(file: Path) -> None:
    # What a buffer still held would be written once more when the file is closed, and fail there.
    with file.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while stream.write(b"\0" * 65_536):
            pass


def _is_waiting(lab: Installation, worker: subprocess.Popen[bytes]) -> bool:
    assert worker.poll() is None
    return "a unit could not be run" in lab.log_of()
