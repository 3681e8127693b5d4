"""Prometheus metrics of the web process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from prometheus_client import Counter, Histogram

from model_service.telemetry.collectors import (
    CacheCollector,
    CountedCache,
    EngineCollector,
    VerdictCollector,
)
from model_service.telemetry.process_metrics import make_registry

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LATENCY_BUCKETS = (
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
)  # fmt: skip


class Telemetry:
    """The metrics of one application, in a registry of their own.

    Parameters
    ----------
    version : str
    folders : mapping
        See `make_registry`.

    Attributes
    ----------
    registry : CollectorRegistry
    """

    def __init__(self, version: str, folders: Mapping[str, Path]) -> None:
        self.registry = make_registry(version, folders)
        self._requests = Histogram(
            "http_server_request_duration_seconds",
            "Time to answer a request; its count is the number of requests.",
            ["method", "route", "status"],
            buckets=_LATENCY_BUCKETS,
            registry=self.registry,
        )
        self._predictions = self._counter("predictions", "Answered predictions.", "form")
        self._decisions = self._counter("decisions", "Decisions in answers.", "action")
        self._texts = self._counter("sentiment_texts", "Texts in answers.", "engine")
        self._labels = self._counter(
            "sentiment_labels", "Texts in answers, by what they say.", "engine", "label"
        )

    def watch_engines(self, engines: Callable[[], Iterable[tuple[str, str, bool]]]) -> None:
        """Show the sentiment engines: name, state, and whether it answers where none is named."""
        self.registry.register(EngineCollector(engines))

    def watch_caches(self, caches: Callable[[], Iterable[tuple[str, CountedCache]]]) -> None:
        """Show the hits, misses and size of caches."""
        self.registry.register(CacheCollector(caches))

    def watch_verdicts(self, verdicts: Callable[[], Iterable[str]]) -> None:
        """Show what the kept reports come to: the verdict of each."""
        self.registry.register(VerdictCollector(verdicts))

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is the template, so that the labels stay few."""
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).observe(seconds)

    def observe_texts(self, engine: str, labels: Iterable[tuple[str, int]]) -> None:
        """Count texts that a sentiment engine answered, those that were in the cache too."""
        for label, count in labels:
            self._texts.labels(engine).inc(count)
            self._labels.labels(engine, label).inc(count)

    def observe_prediction(self, form: str, actions: Iterable[tuple[str, int]]) -> None:
        """Count a prediction of a form (``inline`` or ``file``) and its decisions by action."""
        self._predictions.labels(form).inc()
        for action, count in actions:
            self._decisions.labels(action).inc(count)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"bellwether_{name}", text, labels, registry=self.registry)
