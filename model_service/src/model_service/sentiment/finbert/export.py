"""Export in a child process: torch and TensorFlow do not belong in one, and serving has neither.

The child writes into a temporary folder beside the target, which is renamed into place when it is
whole; one export at a time in a folder of exports.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from model_service.errors import SentimentUnavailable
from model_service.sentiment.finbert.exported import export_folder, model_name, read_export
from model_service.sentiment.finbert.weights import find_export, missing_packages

_BUILDING = ".exporting-"
_LOCK = ".exporting.lock"
_POLL_SECONDS = 0.2
_STOP_SECONDS = 10.0

Tell = Callable[[str], None]


def export_in_child(
    source: str,
    export_dir: Path,
    *,
    timeout_seconds: float,
    endpoint: str | None = None,
    tell: Tell | None = None,
    again: bool = False,
) -> Path:
    """Fetch, export, quantise and verify `source` in a child process.

    Parameters
    ----------
    source : str
        A name on the hub such as ``ProsusAI/finbert``, or a local folder.
    export_dir : Path
        Where exports are kept; made where it is not there.
    timeout_seconds : float
        Of all of it, waiting for another export included.
    endpoint : str, optional
        Address of the hub; that of `huggingface_hub` where it is left out.
    tell : callable, optional
        Takes a sentence about each step.
    again : bool
        Also where a ready export is there.

    Returns
    -------
    Path
        The folder of the export, for `FinbertEngine.load`.

    Raises
    ------
    SentimentUnavailable
        If it cannot be done or takes too long; what was there before stays.
    """
    missing = missing_packages()
    if missing:
        raise SentimentUnavailable(
            f"{' and '.join(missing)} to export FinBERT with are not installed: "
            "pip install 'bellwether-model-service[finbert]'."
        )
    deadline = time.monotonic() + timeout_seconds
    try:
        export_dir.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(export_dir, deadline):
            ready = None if again else find_export(export_dir, source)
            if ready is not None:
                return ready
            for stale in export_dir.glob(f"{_BUILDING}*/"):
                shutil.rmtree(stale, ignore_errors=True)
            building = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=export_dir))
            try:
                _run_child(source, building, endpoint, deadline, tell or _tell_nobody)
                read_export(building)
                # A service that runs as another user reads what a person exported.
                building.chmod(0o755)
                return _put_in_place(building, export_folder(export_dir, source))
            finally:
                shutil.rmtree(building, ignore_errors=True)
    except OSError as error:
        raise SentimentUnavailable(
            f"The export cannot be written to {export_dir.name}: {error.strerror or error}."
        ) from error


@dataclass
class _Answers:
    """What a child has said so far."""

    tell: Tell
    refused: str | None = None
    done: bool = False
    doing: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        with contextlib.suppress(ValueError):
            said = json.loads(line)
            self.done = self.done or said.get("done") is True
            self.refused = said.get("refused", self.refused)
            if "doing" in said:
                self.doing = [str(said["doing"])]
                self.tell(self.doing[0])


def _run_child(
    source: str, folder: Path, endpoint: str | None, deadline: float, tell: Tell
) -> None:
    command = [sys.executable, "-m", "model_service.sentiment.finbert.exporting"]
    command += [source, str(folder), *([] if endpoint is None else ["--endpoint", endpoint])]
    name = model_name(source)
    answers = _Answers(tell)
    with subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    ) as child:
        listening = threading.Thread(target=_listen, args=(child, answers), daemon=True)
        listening.start()
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            step = f" while {answers.doing[0].lower()}" if answers.doing else ""
            raise SentimentUnavailable(
                f"Exporting {name} was given up{step}: it took too long."
            ) from None
        finally:
            child.kill()
            listening.join(_STOP_SECONDS)
    if answers.refused is not None:
        raise SentimentUnavailable(answers.refused)
    if not answers.done or child.returncode != 0:
        raise SentimentUnavailable(
            f"The process that exported {name} ended with code {child.returncode}, perhaps for "
            "want of memory."
        )


def _listen(child: subprocess.Popen[str], answers: _Answers) -> None:
    if child.stdout is not None:
        for line in child.stdout:
            answers.take(line)


def _put_in_place(building: Path, target: Path) -> Path:
    """Rename a whole folder to its name; an older one goes only when the new one is there."""
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=target.parent))
        target.rename(old / "old")
        building.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        building.rename(target)
    return target


@contextlib.contextmanager
def _one_at_a_time(export_dir: Path, deadline: float) -> Iterator[None]:
    with (export_dir / _LOCK).open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise SentimentUnavailable(
                        "Another process exports, and did not finish in time."
                    ) from None
                time.sleep(_POLL_SECONDS)
        yield


def _tell_nobody(_sentence: str) -> None:
    return None
