"""Set-up steps run when their inputs changed or their product is gone, and not otherwise."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from scripts.set_up import ROOT, SetUpFailed, digest, execute, step


@pytest.fixture
def made() -> list[str]:
    return []


def run_step(folder: Path, wanted: str, made: list[str]) -> None:
    def make() -> None:
        (folder / "product").touch()
        made.append(wanted)

    step("Making", folder / "product", folder / ".stamp", wanted, make)


def test_step_is_skipped_when_nothing_changed(tmp_path: Path, made: list[str]) -> None:
    run_step(tmp_path, "inputs", made)
    run_step(tmp_path, "inputs", made)

    assert made == ["inputs"]


def test_step_runs_again_for_other_inputs(tmp_path: Path, made: list[str]) -> None:
    run_step(tmp_path, "inputs", made)
    run_step(tmp_path, "other inputs", made)

    assert made == ["inputs", "other inputs"]


def test_step_runs_again_when_its_product_is_gone(tmp_path: Path, made: list[str]) -> None:
    run_step(tmp_path, "inputs", made)
    (tmp_path / "product").unlink()
    run_step(tmp_path, "inputs", made)

    assert made == ["inputs", "inputs"]


def test_failed_step_leaves_no_stamp(tmp_path: Path) -> None:
    def fail() -> None:
        raise SetUpFailed("no")

    with pytest.raises(SetUpFailed):
        step("Making", tmp_path / "product", tmp_path / ".stamp", "inputs", fail)

    assert not (tmp_path / ".stamp").exists()


def test_digest_follows_content() -> None:
    assert digest([ROOT / "LICENSE"]) == digest([ROOT / "LICENSE"])
    assert digest([ROOT / "LICENSE"]) != digest([ROOT / "NOTICE"])


def test_failing_command_shows_its_output(tmp_path: Path) -> None:
    with pytest.raises(SetUpFailed, match="out of pears"):
        execute(["sh", "-c", "echo out of pears; exit 3"], tmp_path)


def test_unusable_python_is_named_in_a_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 3\n")
    old.chmod(0o755)

    result = subprocess.run(
        ["sh", str(ROOT / "scripts" / "find_python.sh")],
        env={**os.environ, "PYTHON": str(old)},
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert result.returncode == 1
    assert "needs Python 3.11" in result.stderr
    assert str(old) in result.stderr
