"""How long requests took, by method, route and status.

A histogram as prometheus-client's own is, for one thread alone that counts: without locks it costs
a quarter.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client import Metric

_BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)
_WRITTEN_BOUNDS: Final = [*(str(float(bound)) for bound in _BOUNDS), "+Inf"]
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_OTHER_METHOD: Final = "other"


class RequestDurations(Collector):
    """The histogram ``http_server_request_duration_seconds``; one thread observes."""

    def __init__(self) -> None:
        self._durations: dict[tuple[str, str, int], _Durations] = {}

    def observing(self, method: str, route: str, status: int) -> Callable[[float], None]:
        """What takes a duration in seconds; to be kept, as finding it takes longer."""
        # Anybody can make methods up, and each would be a series of its own.
        key = (method if method in _METHODS else _OTHER_METHOD, route, status)
        return self._durations.setdefault(key, _Durations()).observe

    def collect(self) -> Iterator[Metric]:
        family = HistogramMetricFamily(
            "http_server_request_duration_seconds",
            "Time from request to the last byte of the answer, of event streams to the first.",
            labels=["method", "route", "status"],
        )
        for (method, route, status), durations in tuple(self._durations.items()):
            counts = accumulate(durations.counts)
            family.add_metric(
                [method, route, str(status)],
                list(zip(_WRITTEN_BOUNDS, counts, strict=True)),
                durations.total,
            )
        yield family


class _Durations:
    """How many were as long as each bound but no longer, and how long all were."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * len(_WRITTEN_BOUNDS)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(_BOUNDS, seconds)] += 1
        self.total += seconds
