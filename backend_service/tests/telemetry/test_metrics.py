"""The gateway's numbers as Prometheus reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from gateway_fakes import FakeClock
from prometheus_client import Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from backend_service import __version__
from backend_service.errors import ProviderUnavailable, SymbolNotFound
from backend_service.telemetry.metrics import Metrics
from backend_service.telemetry.request_durations import RequestDurations
from backend_service.telemetry.source_watch import SourceWatch

NOW = datetime(2024, 6, 10, tzinfo=UTC)


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_questions_to_a_source_are_counted_by_what_became_of_them() -> None:
    metrics = Metrics()
    watch = SourceWatch("yahoo", metrics, FakeClock(NOW))
    last = "bellwether_provider_last_success_timestamp_seconds"
    with pytest.raises(ProviderUnavailable), watch.question():
        raise ProviderUnavailable("Not now.")
    with pytest.raises(ZeroDivisionError), watch.question():
        raise ZeroDivisionError
    assert value(metrics, last, source="yahoo") is None
    with pytest.raises(SymbolNotFound), watch.question():
        raise SymbolNotFound("It knows no such symbol, which is an answer.")
    with watch.question():
        pass
    requests = "bellwether_provider_requests_total"
    assert value(metrics, requests, source="yahoo", outcome="ok") == 2
    assert value(metrics, requests, source="yahoo", outcome="error") == 2
    errors = "bellwether_provider_errors_total"
    assert value(metrics, errors, source="yahoo", kind="provider-unavailable") == 1
    assert value(metrics, errors, source="yahoo", kind="defect") == 1
    assert value(metrics, last, source="yahoo") == NOW.timestamp()


def test_what_is_there_from_the_start(tmp_path: Path) -> None:
    metrics = Metrics({"state": tmp_path, "dataset": tmp_path / "missing"})
    assert value(metrics, "bellwether_build_info", version=__version__) == 1
    for sink in ("logstash", "stdout"):
        assert value(metrics, "bellwether_log_lines_dropped_total", sink=sink) == 0
    assert value(metrics, "bellwether_log_lines_waiting", sink="logstash") == 0
    available = value(metrics, "bellwether_disk_available_bytes", folder="state")
    size = value(metrics, "bellwether_disk_size_bytes", folder="state")
    assert available is not None
    assert size is not None
    assert 0 < available <= size
    assert value(metrics, "bellwether_disk_size_bytes", folder="dataset") is None
    assert (value(metrics, "process_resident_memory_bytes") or 0) > 1e6


def test_durations_are_the_histogram_that_the_library_would_make() -> None:
    ours, seconds = RequestDurations(), (0.0, 0.001, 0.0010001, 0.3, 59.9, 60.0, 61.0)
    metrics = Metrics()
    theirs = Histogram(
        "http_server_request_duration_seconds",
        "x",
        ["method", "route", "status"],
        buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
        registry=None,
    )
    observe = ours.observing("GET", "/r", 200)
    for each in seconds:
        observe(each)
        theirs.labels("GET", "/r", 200).observe(each)

    def samples(family: object) -> list[tuple[str, tuple[tuple[str, str], ...], float]]:
        return [
            (each.name, tuple(sorted(each.labels.items())), each.value)
            for each in family.samples  # type: ignore[attr-defined]
            if not each.name.endswith("_created")
        ]

    (our_family,), (their_family,) = ours.collect(), theirs.collect()
    assert sorted(samples(our_family)) == sorted(samples(their_family))
    metrics.requests.observing("GET", "/r", 200)(1.0)
    text = generate_latest(metrics.registry).decode()
    names = {family.name for family in text_string_to_metric_families(text)}
    assert "http_server_request_duration_seconds" in names
