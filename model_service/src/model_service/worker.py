"""The worker process: ``python -m model_service.worker`` makes the units of experiments."""

from __future__ import annotations

import importlib.util
import logging
import signal
import time
from types import FrameType

import structlog

from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.errors import UnusableSettings
from model_service.evaluation.sealed import open_looks
from model_service.experiments.compute.child_processes import ChildProcesses
from model_service.experiments.compute.executor import Executor
from model_service.experiments.compute.ray_tasks import RayTasks
from model_service.experiments.queue.durable_queue import migrate_queue
from model_service.experiments.queue.looks import TestLooks
from model_service.experiments.queue.unit_orders import Surroundings
from model_service.experiments.queue.worker import Worker, leave
from model_service.experiments.records.figures import Figures, read_figures
from model_service.experiments.records.migrate import migrate
from model_service.settings import Settings, read_settings
from model_service.settings_refusals import refusing_to_start
from model_service.telemetry.log_lines import configure_logging
from model_service.telemetry.spans import Spans, open_spans
from model_service.telemetry.worker_metrics import WorkerMetrics
from model_service.worker_health import WorkerHealth

_log = structlog.get_logger(__name__)


def make_executor(settings: Settings) -> Executor:
    """Where units are made: child processes here, or a Ray cluster where one is named.

    Raises
    ------
    UnusableSettings
        If that cluster cannot be used from here.
    """
    silence_seconds = settings.unit_silence_seconds
    if settings.ray_address is None:
        return ChildProcesses(settings.worker_slots, silence_seconds=silence_seconds)
    if settings.ray_address.startswith("ray://"):
        raise UnusableSettings(
            "RAY_ADDRESS names Ray Client, which cannot stream what units tell: make this machine "
            "a node of the cluster, and give host:port of its head."
        )
    if importlib.util.find_spec("ray") is None:
        raise UnusableSettings(
            "RAY_ADDRESS is set but Ray is not installed: "
            "pip install 'bellwether-model-service[ray]'."
        )
    return RayTasks(settings.ray_address, settings.ray_slots, silence_seconds=silence_seconds)


def make_metrics(settings: Settings, database: Database) -> WorkerMetrics:
    """The numbers of a worker, and those of the database."""

    def read() -> Figures:
        with database.reading() as connection:
            return read_figures(
                connection, now=time.time(), lease_seconds=settings.worker_lease_seconds
            )

    return WorkerMetrics(settings.full_code_version, settings.kept_folders, read)


def make_worker(
    settings: Settings,
    database: Database,
    executor: Executor,
    metrics: WorkerMetrics,
    spans: Spans,
) -> Worker:
    """A worker with all its parts; the database is brought to the newest schema first."""
    database.run(lambda: migrate(database))
    migrate_queue(settings.full_database_url)
    store = ArtefactStore(settings.artefacts_url)
    looks = open_looks(
        settings.looks_url,
        settings.earlier_looks_file,
        patience_seconds=settings.worker_patience_seconds,
    )
    return Worker(
        settings.worker_id,
        database,
        store,
        executor,
        TestLooks(looks, database, store),
        Surroundings(
            code_version=settings.full_code_version,
            artefacts_url=store.url,
            agents_dir=str(settings.agents_dir.resolve()),
            checkpoint_seconds=settings.checkpoint_seconds,
        ),
        beat_seconds=settings.worker_beat_seconds,
        lease_seconds=settings.worker_lease_seconds,
        clock=time.time,
        count_steps=metrics.count_steps,
        spans=spans,
    )


def serve_health(settings: Settings, metrics: WorkerMetrics, worker: Worker) -> WorkerHealth:
    """Where probes and Prometheus ask."""
    return WorkerHealth(
        settings.host,
        settings.worker_port,
        is_alive=worker.is_alive,
        is_ready=worker.is_ready,
        registry=metrics.registry,
    )


def main() -> None:
    """Work until SIGTERM or SIGINT."""
    with refusing_to_start():
        settings = read_settings()
        executor = make_executor(settings)
    configure_logging(settings, "worker")
    database = Database(
        settings.full_database_url, patience_seconds=settings.worker_patience_seconds
    )
    metrics = make_metrics(settings, database)
    spans = open_spans(settings, "worker")
    worker = make_worker(settings, database, executor, metrics, spans)

    def end(_number: int, _frame: FrameType | None) -> None:
        worker.end()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    serve_health(settings, metrics, worker).start()
    exit_code = worker.run()
    # What waits is delivered first, each for two seconds at most.
    spans.close()
    logging.shutdown()
    leave(exit_code)


if __name__ == "__main__":
    main()
