"""What a worker shows, also while its database is away."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import generate_latest

from model_service.experiments.records.figures import Figures
from model_service.telemetry.worker_metrics import WorkerMetrics

FIGURES = Figures({"running": 2}, {"queued": 7, "done": 0}, 12.5, 3.0, 1)


def values_of(metrics: WorkerMetrics) -> dict[str, float]:
    lines = generate_latest(metrics.registry).decode().splitlines()
    split = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in split}


def test_it_shows_its_own_numbers_and_those_of_the_database(tmp_path: Path) -> None:
    metrics = WorkerMetrics("1", {"state": tmp_path / "not" / "there"}, lambda: FIGURES)
    metrics.count_steps(40)
    metrics.count_steps(2)
    shown = values_of(metrics)
    for name, value in {
        "bellwether_training_steps_total": 42,
        "bellwether_database_up": 1,
        'bellwether_experiments{state="running"}': 2,
        'bellwether_experiment_units{state="queued"}': 7,
        'bellwether_experiment_units{state="done"}': 0,
        "bellwether_queue_oldest_seconds": 12.5,
        "bellwether_unit_longest_silence_seconds": 3,
        "bellwether_workers_alive": 1,
        'bellwether_build_info{version="1"}': 1,
    }.items():
        assert shown[name] == value, name
    assert shown['bellwether_disk_available_bytes{folder="state"}'] > 0


def test_while_the_database_is_away_only_its_numbers_are_missing() -> None:
    def fail() -> Figures:
        raise ConnectionError

    shown = values_of(WorkerMetrics("1", {}, fail))
    assert shown["bellwether_database_up"] == 0
    assert shown["bellwether_training_steps_total"] == 0
    assert shown["process_resident_memory_bytes"] > 0
    assert not any(name.startswith("bellwether_experiment") for name in shown)
    assert "bellwether_workers_alive" not in shown
