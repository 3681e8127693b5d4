"""What the gateway counts, for Prometheus."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from backend_service import __version__
from backend_service.telemetry.log_output import current_output
from backend_service.telemetry.request_durations import RequestDurations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from prometheus_client import Metric


class Metrics:
    """The gateway's instruments, in a registry of its own so that every app has its own numbers.

    Parameters
    ----------
    folders : mapping of str to Path, optional
        Folders whose disks are watched, by what they hold.
    """

    def __init__(self, folders: Mapping[str, Path] | None = None) -> None:
        self.registry = CollectorRegistry()
        self.requests = RequestDurations()
        self.registry.register(self.requests)
        self.provider_requests = Counter(
            "bellwether_provider_requests",
            "Questions to a source of candles or headlines.",
            ["source", "outcome"],
            registry=self.registry,
        )
        self.provider_errors = Counter(
            "bellwether_provider_errors",
            "Failed questions to a source of candles or headlines.",
            ["source", "kind"],
            registry=self.registry,
        )
        self.provider_last_success = Gauge(
            "bellwether_provider_last_success_timestamp_seconds",
            "When a source of candles or headlines last answered.",
            ["source"],
            registry=self.registry,
        )
        self.model_errors = Counter(
            "bellwether_model_service_errors",
            "Failed questions to the model service.",
            ["kind"],
            registry=self.registry,
        )
        self.cache = Counter(
            "bellwether_cache_requests",
            "Answers looked up in the response cache.",
            ["cache", "result"],
            registry=self.registry,
        )
        self.event_streams = Gauge(
            "bellwether_event_streams",
            "Browsers that watch experiments now.",
            registry=self.registry,
        )
        self.event_streams_cut_off = Counter(
            "bellwether_event_streams_cut_off",
            "Streams of events that were ended because the browser was too slow.",
            registry=self.registry,
        )
        build = Gauge(
            "bellwether_build_info", "The version that runs.", ["version"], registry=self.registry
        )
        build.labels(__version__).set(1)
        ProcessCollector(registry=self.registry)
        self.registry.register(_LogLines())
        self.registry.register(_Disks(folders or {}))


class _LogLines(Collector):
    """Lines that wait to be sent, and those that never will be."""

    def collect(self) -> Iterator[Metric]:
        output = current_output()
        writer = None if output is None else output.writer
        sink = None if writer is None else writer.sink
        dropped = CounterMetricFamily(
            "bellwether_log_lines_dropped", "Log lines that were given up.", labels=["sink"]
        )
        dropped.add_metric(["logstash"], 0 if sink is None else sink.dropped)
        dropped.add_metric(["stdout"], 0 if writer is None else writer.dropped)
        yield dropped
        waiting = GaugeMetricFamily(
            "bellwether_log_lines_waiting", "Log lines that wait to be sent.", labels=["sink"]
        )
        waiting.add_metric(["logstash"], 0 if sink is None else sink.waiting)
        yield waiting


class _Disks(Collector):
    """Room on the disks that hold something of the gateway's."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders

    def collect(self) -> Iterator[Metric]:
        available = GaugeMetricFamily(
            "bellwether_disk_available_bytes", "Room left for this folder.", labels=["folder"]
        )
        size = GaugeMetricFamily(
            "bellwether_disk_size_bytes", "Size of the disk of this folder.", labels=["folder"]
        )
        for folder, path in self._folders.items():
            try:
                usage = shutil.disk_usage(path)
            except OSError:  # not made yet, or not mounted
                continue
            available.add_metric([folder], usage.free)
            size.add_metric([folder], usage.total)
        yield available
        yield size
