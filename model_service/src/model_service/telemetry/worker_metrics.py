"""Prometheus metrics of a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import Counter
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from model_service.telemetry.process_metrics import make_registry
from model_service.telemetry.refreshed import Refreshed

if TYPE_CHECKING:
    from model_service.experiments.records.figures import Figures

_FRESH_SECONDS = 2.0
"""However often somebody asks, the database is not asked more often."""

_WAIT_SECONDS = 2.5


class WorkerMetrics:
    """What a worker counts itself, and what the database knows of all workers together.

    Parameters
    ----------
    version : str
    folders : mapping
        See `make_registry`.
    read_figures : callable
        Asks the database, for as long as it likes; while it does not answer what it knows is left
        out and ``bellwether_database_up`` is 0.

    Attributes
    ----------
    registry : CollectorRegistry
    """

    def __init__(
        self, version: str, folders: Mapping[str, Path], read_figures: Callable[[], Figures]
    ) -> None:
        self.registry = make_registry(version, folders)
        self._steps = Counter(
            "bellwether_training_steps", "Steps that units trained.", registry=self.registry
        )
        self.registry.register(_FigureCollector(read_figures))

    def count_steps(self, steps: int) -> None:
        """Count steps that a unit of this worker has trained."""
        self._steps.inc(steps)


class _FigureCollector(Collector):
    def __init__(self, read: Callable[[], Figures]) -> None:
        self._figures = Refreshed(read, fresh_seconds=_FRESH_SECONDS, wait_seconds=_WAIT_SECONDS)

    def describe(self) -> Iterator[Metric]:
        """Nothing: a worker is made before its database may be there."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        figures = self._figures.get()
        yield GaugeMetricFamily(
            "bellwether_database_up",
            "Whether the database of experiments answers.",
            value=float(figures is not None),
        )
        if figures is None:
            return
        yield _by_state("experiments", "Experiments.", figures.experiments)
        yield _by_state("experiment_units", "Units of all experiments.", figures.units)
        for name, text, value in (
            (
                "queue_oldest_seconds",
                "How long the unit waits that waits longest; 0 where none does.",
                figures.queue_oldest_seconds,
            ),
            (
                "unit_longest_silence_seconds",
                "How long the running unit is silent that is silent longest; 0 where none runs.",
                figures.longest_silence_seconds,
            ),
            ("workers_alive", "Workers with a fresh sign of life.", figures.workers_alive),
        ):
            yield GaugeMetricFamily(f"bellwether_{name}", text, value=value)


def _by_state(name: str, text: str, counts: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(f"bellwether_{name}", text, labels=["state"])
    for state, count in counts.items():
        family.add_metric([state], count)
    return family
