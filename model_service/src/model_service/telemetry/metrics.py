"""Prometheus metrics of the web process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LATENCY_BUCKETS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.25, 2.5, 5.0, 10.0, 30.0)


class CountedCache(Protocol):
    """A cache that counts its hits and misses."""

    hits: int
    misses: int

    def __len__(self) -> int: ...


class Telemetry:
    """The metrics of one application, in a registry of their own.

    Attributes
    ----------
    registry : CollectorRegistry
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Histogram(
            "model_request_duration_seconds",
            "Time to answer a request; its count is the number of requests.",
            ["method", "route", "status"],
            buckets=_LATENCY_BUCKETS,
            registry=self.registry,
        )
        self._predictions = Counter(
            "model_predictions", "Answered predictions.", ["form"], registry=self.registry
        )
        self._decisions = Counter(
            "model_decisions", "Decisions in answers.", ["action"], registry=self.registry
        )
        self._texts = Counter(
            "model_sentiment_texts", "Texts in answers.", ["engine"], registry=self.registry
        )

    def watch_engines(self, engines: Callable[[], Iterable[tuple[str, str, bool]]]) -> None:
        """Show the sentiment engines: name, state, and whether it answers where none is named."""
        self.registry.register(_EngineCollector(engines))

    def watch_caches(self, caches: Callable[[], Iterable[tuple[str, CountedCache]]]) -> None:
        """Show the hits, misses and size of caches."""
        self.registry.register(_CacheCollector(caches))

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is the template, so that the labels stay few."""
        known = method if method in _METHODS else "OTHER"
        self._requests.labels(known, route, str(status)).observe(seconds)

    def observe_texts(self, engine: str, count: int) -> None:
        """Count texts that a sentiment engine answered, those that were in the cache too."""
        self._texts.labels(engine).inc(count)

    def observe_prediction(self, form: str, actions: Iterable[tuple[str, int]]) -> None:
        """Count a prediction of a form (``inline`` or ``file``) and its decisions by action."""
        self._predictions.labels(form).inc()
        for action, count in actions:
            self._decisions.labels(action).inc(count)


class _CacheCollector(Collector):
    def __init__(self, caches: Callable[[], Iterable[tuple[str, CountedCache]]]) -> None:
        self._caches = caches

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "model_cache_requests", "Questions to a cache.", labels=["cache", "result"]
        )
        entries = GaugeMetricFamily(
            "model_cache_entries", "Values in a cache; agents: loaded ones.", labels=["cache"]
        )
        for name, cache in self._caches():
            requests.add_metric([name, "hit"], cache.hits)
            requests.add_metric([name, "miss"], cache.misses)
            entries.add_metric([name], len(cache))
        yield requests
        yield entries


class _EngineCollector(Collector):
    def __init__(self, engines: Callable[[], Iterable[tuple[str, str, bool]]]) -> None:
        self._engines = engines

    def collect(self) -> Iterator[Metric]:
        states = GaugeMetricFamily(
            "model_sentiment_engine_state", "1 for the state it is in.", labels=["engine", "state"]
        )
        chosen = GaugeMetricFamily(
            "model_sentiment_engine_chosen",
            "1 for the engine that answers where a request names none.",
            labels=["engine"],
        )
        for engine, state, is_chosen in self._engines():
            states.add_metric([engine, state], 1.0)
            chosen.add_metric([engine], float(is_chosen))
        yield states
        yield chosen
