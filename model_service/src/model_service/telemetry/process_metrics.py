"""Prometheus metrics that every process of the service has."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from model_service.telemetry.log_lines import logstash_sink
from model_service.telemetry.logstash_sink import SINK


def make_registry(version: str, folders: Mapping[str, Path]) -> CollectorRegistry:
    """A registry that knows of the process, its version, its log lines and its disks.

    Parameters
    ----------
    version : str
        Of the code.
    folders : mapping
        Where it keeps things, by what it keeps there.
    """
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    build = Gauge(
        "bellwether_build_info", "1, with the version that runs.", ["version"], registry=registry
    )
    build.labels(version).set(1)
    registry.register(_LogLineCollector())
    registry.register(_DiskCollector(folders))
    return registry


class _LogLineCollector(Collector):
    def collect(self) -> Iterator[Metric]:
        dropped = CounterMetricFamily(
            "bellwether_log_lines_dropped", "Log lines that never came there.", labels=["sink"]
        )
        waiting = GaugeMetricFamily(
            "bellwether_log_lines_waiting", "Log lines on their way there.", labels=["sink"]
        )
        sink = logstash_sink()
        dropped.add_metric([SINK], 0 if sink is None else sink.dropped)
        waiting.add_metric([SINK], 0 if sink is None else sink.waiting)
        yield dropped
        yield waiting


class _DiskCollector(Collector):
    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders

    def collect(self) -> Iterator[Metric]:
        available = GaugeMetricFamily(
            "bellwether_disk_available_bytes", "What still fits on its disk.", labels=["folder"]
        )
        size = GaugeMetricFamily(
            "bellwether_disk_size_bytes", "What fits on its disk in all.", labels=["folder"]
        )
        for name, folder in self._folders.items():
            try:
                usage = shutil.disk_usage(_existing(folder))
            except OSError:  # such as a share that is away
                continue
            available.add_metric([name], usage.free)
            size.add_metric([name], usage.total)
        yield available
        yield size


def _existing(folder: Path) -> Path:
    """The folder, or what it will be made in."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())
