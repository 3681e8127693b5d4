"""Metrics that are looked up when they are asked for: caches, sentiment engines, kept reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from model_service.telemetry.refreshed import Refreshed

VERDICTS = ("beats", "indistinguishable", "loses")

_VERDICTS_SECONDS = 60.0
"""So old the verdicts may be: a bucket is listed for them."""

_WAIT_SECONDS = 1.0


class CountedCache(Protocol):
    """A cache that counts its hits and misses."""

    hits: int
    misses: int

    def __len__(self) -> int: ...


class CacheCollector(Collector):
    """Hits, misses and size of caches, by their names."""

    def __init__(self, caches: Callable[[], Iterable[tuple[str, CountedCache]]]) -> None:
        self._caches = caches

    def collect(self) -> Iterator[Metric]:
        """As `Collector.collect`."""
        requests = CounterMetricFamily(
            "bellwether_cache_requests", "Questions to a cache.", labels=["cache", "result"]
        )
        entries = GaugeMetricFamily(
            "bellwether_cache_entries", "Values in a cache; agents: loaded ones.", labels=["cache"]
        )
        for name, cache in self._caches():
            requests.add_metric([name, "hit"], cache.hits)
            requests.add_metric([name, "miss"], cache.misses)
            entries.add_metric([name], len(cache))
        yield requests
        yield entries


class EngineCollector(Collector):
    """Sentiment engines: name, state, and whether it answers where none is named."""

    def __init__(self, engines: Callable[[], Iterable[tuple[str, str, bool]]]) -> None:
        self._engines = engines

    def collect(self) -> Iterator[Metric]:
        """As `Collector.collect`."""
        states = GaugeMetricFamily(
            "bellwether_sentiment_engine_state",
            "1 for the state it is in.",
            labels=["engine", "state"],
        )
        chosen = GaugeMetricFamily(
            "bellwether_sentiment_engine_chosen",
            "1 for the engine that answers where a request names none.",
            labels=["engine"],
        )
        for engine, state, is_chosen in self._engines():
            states.add_metric([engine, state], 1.0)
            chosen.add_metric([engine], float(is_chosen))
        yield states
        yield chosen


class VerdictCollector(Collector):
    """Kept reports by their verdict; left out while they cannot be read."""

    def __init__(self, verdicts: Callable[[], Iterable[str]]) -> None:
        self._counts = Refreshed(
            lambda: Counter(verdicts()),
            fresh_seconds=_VERDICTS_SECONDS,
            wait_seconds=_WAIT_SECONDS,
        )

    def describe(self) -> Iterator[Metric]:
        """Without asking: an application is made before its artefact store may be there."""
        yield self._family()

    def collect(self) -> Iterator[Metric]:
        """As `Collector.collect`."""
        family, counts = self._family(), self._counts.get()
        if counts is not None:
            for verdict in VERDICTS:
                family.add_metric([verdict], counts[verdict])
        yield family

    @staticmethod
    def _family() -> GaugeMetricFamily:
        return GaugeMetricFamily(
            "bellwether_verdicts", "Kept reports by their verdict.", labels=["verdict"]
        )
