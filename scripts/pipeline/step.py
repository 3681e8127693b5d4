"""What all steps have in common: where they write, how they run others and how they fail."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class StepFailed(Exception):
    """A step could not be done; one sentence says why."""


def results_folder(environment: Mapping[str, str]) -> Path:
    """Where a build leaves what is kept of it."""
    return ROOT / (environment.get("RESULTS") or "var/ci")


def need(environment: Mapping[str, str], name: str) -> str:
    """A variable that has to be set.

    Raises
    ------
    StepFailed
    """
    value = environment.get(name, "").strip()
    if not value:
        raise StepFailed(f"{name} has to be set.")
    return value


def run_shown(command: list[str], seconds: int, folder: Path = ROOT) -> None:
    """Run a command whose output goes to the terminal.

    Raises
    ------
    StepFailed
        Where it fails, or takes longer.
    """
    try:
        result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise StepFailed(f"`{command[0]}` took longer than {seconds} s.") from None
    if result.returncode != 0:
        raise StepFailed(f"`{' '.join(command[:3])} …` failed; the output above says why.")


def run_captured(
    command: list[str],
    seconds: int,
    folder: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run a command and keep what it writes, whether or not it fails.

    Raises
    ------
    StepFailed
        Where it takes longer.
    """
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise StepFailed(f"`{' '.join(command[:2])} …` took longer than {seconds} s.") from None


def run_read(command: list[str], seconds: int = 60, folder: Path = ROOT) -> str:
    """Run a command and give what it wrote to its output.

    Raises
    ------
    StepFailed
        Where it fails, and what it wrote to its error output is told; or takes longer.
    """
    result = run_captured(command, seconds, folder)
    if result.returncode != 0:
        raise StepFailed(f"`{' '.join(command[:3])} …` failed: {result.stderr.strip()[-2000:]}")
    return result.stdout


def exit_status(step: Callable[[], None]) -> int:
    """Do a step; 0 where it could be done, else 1 and the sentence."""
    try:
        step()
    except StepFailed as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0
