"""A database, an artefact store and real worker processes, for tests that break them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from model_service.artefacts.datasets import DatasetStore
from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.experiments.queue.control import Control
from model_service.experiments.queue.durable_queue import DurableQueue, migrate_queue
from model_service.experiments.queue.submission import Submissions
from model_service.experiments.records.events import Event, list_events
from model_service.experiments.records.experiments import ENDED, ExperimentRow, get_experiment
from model_service.experiments.records.migrate import migrate
from model_service.experiments.records.units import UnitRow, list_units
from model_service.experiments.specification import (
    Specification,
    SpecifiedSeries,
    specify,
)
from model_service.market.candles import SECONDS_PER_DAY, Candles
from scripts.stack.ports import free_ports

CODE_VERSION = "faults"
FIRST_DAY = 16_000
SMALL = {
    "members": 1,
    "features": {"return_horizons": [1, 5], "range_windows": [10], "volatility_candles": 20},
    "network": {"hidden": [8]},
    "learning": {"batch_candles": 32, "volatility_unit_candles": 20},
}
"""A configuration that trains some thousand steps a second."""


def random_walk(symbol: str, count: int, seed: int) -> Candles:
    """Candles of no market."""
    random = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(random.normal(0.0003, 0.01, count)))
    return Candles(
        symbol=symbol,
        time=SECONDS_PER_DAY * np.arange(FIRST_DAY, FIRST_DAY + count, dtype=np.int64),
        open=close,
        high=close * 1.01,
        low=close * 0.99,
        close=close,
        volume=np.ones(count),
    )


class Installation:
    """One database, one artefact store, any number of workers.

    Parameters
    ----------
    folder : Path
    database_url : str, optional
        By default an SQLite file in the folder.
    environment : mapping
        Added to that of the workers.
    log_folder : Path, optional
        Where the workers' logs go; by default beside the database.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str | None = None,
        environment: Mapping[str, str] | None = None,
        candles: int = 600,
        log_folder: Path | None = None,
    ) -> None:
        self.folder = folder
        self._log_folder = log_folder or folder
        self.url = database_url or f"sqlite:///{folder / 'experiments.sqlite3'}"
        self._environment = {
            **os.environ,
            "MODEL_STATE_DIR": str(folder),
            "MODEL_ARTEFACTS_URL": str(folder / "artefacts"),
            "MODEL_AGENTS_DIR": str(folder / "agents"),
            "MODEL_DATABASE_URL": self.url,
            "MODEL_CODE_VERSION": CODE_VERSION,
            **(environment or {}),
        }
        self.workers: list[subprocess.Popen[bytes]] = []
        self.database = Database(self.url, patience_seconds=60)
        migrate(self.database)
        migrate_queue(self.url)
        self.store = ArtefactStore(str(folder / "artefacts"))
        self.candles = random_walk("WALK", candles, 0)
        DatasetStore(self.store).put_candles(self.candles)
        queue = DurableQueue(self.database)
        self._submissions = Submissions(
            self.database,
            queue,
            self.store,
            code_version=CODE_VERSION,
            max_queued_units=20_000,
            clock=time.time,
        )
        self.control = Control(
            self.database, queue, self.store, promoted=lambda: None, clock=time.time
        )

    def start_worker(self, worker_id: str = "main", **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker process."""
        (port,) = free_ports(1)
        with (self._log_folder / f"worker-{worker_id}.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "model_service.worker"],
                env={
                    **self._environment,
                    "MODEL_WORKER_ID": worker_id,
                    "MODEL_WORKER_PORT": str(port),
                    **environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.workers.append(worker)
        return worker

    def submit(self, kind: str = "train", **values: Any) -> str:
        """Queue an experiment on the random walk; its id."""
        given: dict[str, Any] = {
            "config": SMALL,
            "steps": 200,
            "budget_seconds": None,
            "grid": None,
            **values,
        }
        series = [SpecifiedSeries("WALK", self.candles.data_hash, "raw")]
        spec = specify(kind=kind, series=series, **given)  # type: ignore[arg-type]
        return self.submit_specification(spec)

    def submit_specification(self, spec: Specification) -> str:
        """Queue an experiment; its id."""
        return self._submissions.submit(spec).experiment.id

    def experiment(self, experiment_id: str) -> ExperimentRow:
        with self.database.reading() as connection:
            return get_experiment(connection, experiment_id)

    def units(self, experiment_id: str) -> list[UnitRow]:
        with self.database.reading() as connection:
            return list_units(connection, experiment_id)

    def events(self, experiment_id: str) -> list[Event]:
        with self.database.reading() as connection:
            return list_events(connection, experiment_id, after=0, limit=1_000_000)

    def wait_for_end(self, experiment_id: str, seconds: float) -> ExperimentRow:
        """The experiment once it has ended."""
        wait_until(lambda: self.experiment(experiment_id).state in ENDED, seconds)
        return self.experiment(experiment_id)

    def log_of(self, worker_id: str = "main") -> str:
        return (self._log_folder / f"worker-{worker_id}.log").read_text(errors="replace")

    def close(self) -> None:
        """Kill all workers, which takes their children along, and close the database."""
        for worker in self.workers:
            with contextlib.suppress(ProcessLookupError):
                worker.send_signal(signal.SIGCONT)
            worker.kill()
            worker.wait(timeout=10)
        self.database.close()


@contextlib.contextmanager
def installation(folder: Path, **options: Any) -> Iterator[Installation]:
    """An `Installation` that leaves no process behind."""
    made = Installation(folder, **options)
    try:
        yield made
    finally:
        made.close()


def children_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The processes that make units for a worker."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return [
            child
            for child in psutil.Process(process.pid).children(recursive=True)
            if makes_units(child)
        ]
    return []


def makes_units(process: psutil.Process) -> bool:
    """Whether a process is one of those that a worker starts to make units."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return "model_service.experiments.compute.child" in process.cmdline()
    return False


def wait_until(holds: Callable[[], bool], seconds: float, *, every: float = 0.05) -> float:
    """Wait until something holds; how long that took.

    Raises
    ------
    TimeoutError
    """
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"It does not hold after {seconds:g} s.")
        time.sleep(every)
    return time.monotonic() - began
