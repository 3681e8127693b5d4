"""Children do not outlive their parent, whenever it is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="prctl(2) is Linux alone"
)

PROGRAM = """
import multiprocessing, os, sys, threading, time
from pathlib import Path
from model_service.experiments.child_process import end_with_parent

def live(folder, early):
    if early:
        end_with_parent()
    Path(folder, "ready").touch()
    print("ready", flush=True)
    while not early and os.getppid() == multiprocessing.parent_process().pid:
        time.sleep(0.005)
    end_with_parent()
    threading.Event().wait(60)
    Path(folder, "survived").touch()

if __name__ == "__main__":
    early = sys.argv[2] == "early"
    child = multiprocessing.get_context("spawn").Process(target=live, args=(sys.argv[1], early))
    child.start()
    child.join()
"""


@pytest.mark.parametrize("when", ["early", "late"])
def test_a_child_ends_with_its_parent(tmp_path: Path, when: str) -> None:
    """Killed after the child asked for it, and before: then the call itself ends the child."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    parent = subprocess.Popen(
        [sys.executable, str(program), str(tmp_path), when], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    with parent:
        assert parent.stdout.readline() == b"ready\n"
        parent.kill()
        # The pipe ends when everybody who inherited it has ended.
        parent.communicate(timeout=20)
    assert not (tmp_path / "survived").exists()
