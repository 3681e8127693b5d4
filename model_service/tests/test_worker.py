"""Which executor a worker chooses, and when it refuses to start."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from model_service.errors import UnusableSettings
from model_service.experiments.compute.child_processes import ChildProcesses
from model_service.settings import Settings
from model_service.worker import make_executor

WITHOUT_RAY = """
import sys
sys.modules["ray"] = None
from model_service import worker
worker.main()
"""


def test_units_are_made_in_child_processes_where_no_cluster_is_named() -> None:
    executor = make_executor(Settings(ray_address=None, worker_slots=3))
    executor.close()
    assert isinstance(executor, ChildProcesses)
    assert executor.slots == 3


def test_ray_client_is_refused() -> None:
    with pytest.raises(UnusableSettings, match="cannot stream"):
        make_executor(Settings(ray_address="ray://head:10001"))


def test_a_cluster_without_ray_is_refused_in_one_sentence(tmp_path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_RAY],
        env={**os.environ, "RAY_ADDRESS": "head:6379", "MODEL_STATE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [
        "Not started: RAY_ADDRESS is set but Ray is not installed: "
        "pip install 'bellwether-model-service[ray]'."
    ]
    assert list(tmp_path.iterdir()) == []


def test_ray_is_loaded_by_nobody_who_does_not_use_it() -> None:
    code = "import sys, model_service.worker; sys.exit('ray' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_worker_loads_no_tensorflow() -> None:
    """It has to be small, ready in a second, and to outlive what its children do."""
    program = "import sys, model_service.worker; print('tensorflow' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "False"
