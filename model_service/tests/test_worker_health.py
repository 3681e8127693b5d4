"""What a worker answers to probes and to Prometheus, also while its database is away."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from model_service.database import Database
from model_service.experiments.records.migrate import migrate
from model_service.settings import Settings
from model_service.worker import make_metrics
from model_service.worker_health import WorkerHealth

Ask = Callable[[str], tuple[int, str]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve(database_url: str, folder: Path, *, migrated: bool = True, good: bool = True) -> Ask:
    """``ask("/metrics")``: status and body."""
    settings = Settings(database_url=database_url, state_dir=folder, worker_port=free_port())
    database = Database(database_url, patience_seconds=0.0)
    if migrated:
        migrate(database)
    health = WorkerHealth(
        settings.host,
        settings.worker_port,
        is_alive=lambda: good,
        is_ready=lambda: good,
        registry=make_metrics(settings, database).registry,
    )
    health.start()

    def ask(path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(settings.host, settings.worker_port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    return ask


@pytest.mark.parametrize(("good", "status"), [(True, 200), (False, 503)])
def test_probes_say_whether_it_lives_and_works(tmp_path: Path, good: bool, status: int) -> None:
    ask = serve(f"sqlite:///{tmp_path / 'e.sqlite3'}", tmp_path, migrated=False, good=good)
    assert [ask(path)[0] for path in ("/healthz", "/readyz", "/other")] == [status, status, 404]


def test_metrics_have_the_figures_of_the_database(tmp_path: Path) -> None:
    status, body = serve(f"sqlite:///{tmp_path / 'e.sqlite3'}", tmp_path)("/metrics")
    lines = body.splitlines()
    assert status == 200
    for line in (
        "bellwether_database_up 1.0",
        'bellwether_experiments{state="queued"} 0.0',
        "bellwether_queue_oldest_seconds 0.0",
        "bellwether_workers_alive 0.0",
    ):
        assert line in lines


@pytest.mark.parametrize(
    "url", ["sqlite:///{folder}/e.sqlite3", "postgresql://u:p@127.0.0.1:{port}/d"]
)
def test_metrics_are_there_while_the_database_is_not(tmp_path: Path, url: str) -> None:
    ask = serve(url.format(folder=tmp_path, port=free_port()), tmp_path, migrated=False)
    for _ in range(2):
        status, body = ask("/metrics")
        assert status == 200
        assert "bellwether_database_up 0.0" in body.splitlines()
        assert "bellwether_training_steps_total 0.0" in body.splitlines()
        assert "bellwether_workers_alive " not in body
