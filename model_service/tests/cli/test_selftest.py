"""``bellwether selftest``: its table and its exit code."""

import subprocess
import sys

import pytest

from model_service.cli.selftest import run_and_print
from model_service.evaluation.selftest.checks import Check, Finding

GOOD = Check("Good", lambda: Finding(True, "7", "above 5"))
BAD = Check("Bad", lambda: Finding(False, "3", "above 5"))


def test_one_failure_fails_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_and_print([GOOD, GOOD])
    capsys.readouterr()
    assert not run_and_print([BAD, GOOD])
    table = capsys.readouterr().out
    assert "failed" in table
    assert "passed" in table


def test_the_command_passes() -> None:
    # In a process of its own: it gives TensorFlow one thread.
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from model_service.cli.main import app; app()",
            "selftest",
            "--quick",
        ],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("passed") == 3
    assert "False verdicts" in done.stdout
