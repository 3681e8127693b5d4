"""Metrics of the live services under load, as Debian's Prometheus reads them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import httpx
import pytest

from scripts.stack.trial import Trial
from tests.deploy.observability.queries import (
    CLUSTER_METRICS,
    expressions,
    fill_in,
    names_in,
    used_buckets,
    used_labels,
    used_metrics,
)
from tests.deploy.observability.sources import read_sources
from tests.local_nginx import PageServer, page_server
from tests.observability.asking import SYMBOL, Asked, ask
from tests.observability.prometheus import Prometheus, QueryFailed, running_prometheus

LOAD_SECONDS = 4.0

ERROR_SHARES = "job:http_errors:ratio_rate5m >= 0"
"""A rule's own series: there for gateway and model service once they were seen at work."""

MAY_BE_EMPTY: Mapping[str, str] = {
    "bellwether-platform.json: Questions to the model service that failed, a second": "none did",
    "bellwether-trading.json: Failures a minute by source and kind": "no source failed",
}
"""Queries that have nothing to show while all is well, by place; and why."""

OF_THE_MACHINE = "BellwetherDisk"
"""Alerts that tell of the disk which the tests happen to run on."""

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def nginx(live_services: Trial, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """The page's server as its image has it, before the live gateway."""
    with page_server(tmp_path_factory.mktemp("nginx"), live_services.gateway_url) as server:
        yield server


@pytest.fixture(scope="module")
def broken(live_services: Trial, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Prometheus of a system in which a service is away and an alert holds."""
    rule = {"alert": "Planted", "expr": 'up{job="backend"} == 1', "for": "5m"}
    rules = {"groups": [{"name": "planted", "rules": [rule]}]}
    ports = {"backend": live_services.settings.backend_port, "model": 9}
    with running_prometheus(tmp_path_factory.mktemp("broken"), ports, rules) as started:
        yield started


@pytest.fixture(scope="module")
def prometheus(
    live_services: Trial,
    nginx: PageServer,
    experiment: Asked,
    broken: Prometheus,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Prometheus]:
    """Prometheus, after some seconds in which it has read the services under load.

    An experiment has been made, so that there are units and steps to be seen.
    """
    assert experiment.answer.is_success
    # It needs some seconds to begin, in which this one does its work.
    assert broken.url
    ports = {
        "backend": live_services.settings.backend_port,
        "model": live_services.settings.model_port,
        "worker": live_services.settings.worker_port,
        "frontend": nginx.metrics_port,
    }
    with running_prometheus(tmp_path_factory.mktemp("prometheus"), ports) as started:
        # What was counted before the first reading is no growth.
        started.wait_for(started.has_judged)
        use(nginx.url, live_services.model_url, LOAD_SECONDS)
        started.wait_for(lambda: len(started.query(ERROR_SHARES)) == len(ports) - 2)
        yield started


def use(url: str, model_url: str, seconds: float) -> None:
    """Ask what the page asks, again and again, and something that is not there."""
    end, turn = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        turn += 1
        texts = [f"Profits beat all forecasts, says report {turn}"]
        assert ask(f"{model_url}/sentiment", "POST", json={"texts": texts}).answer.is_success
        assert ask(f"{url}/api/agents/none").answer.status_code == httpx.codes.NOT_FOUND
        # Another capital is another question, which no cache answers.
        paths = ("agents", "symbols?query=", f"candles/{SYMBOL}", f"news/{SYMBOL}")
        for path in (*paths, f"sentiment/{SYMBOL}", f"signals/{SYMBOL}?cash={300_000 + turn}"):
            assert ask(f"{url}/api/{path}").answer.status_code == httpx.codes.OK, path


def test_all_targets_are_read(prometheus: Prometheus) -> None:
    assert prometheus.targets() == dict.fromkeys(("backend", "model", "worker", "frontend"), "up")


def test_every_metric_that_is_asked_for_is_there(prometheus: Prometheus) -> None:
    assert missing_metrics(prometheus, used_metrics()) == {}


def missing_metrics(prometheus: Prometheus, used: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Metrics that no service has, with the places that ask for them."""
    known = prometheus.names()
    return {
        name: places
        for name, places in used.items()
        if name not in known and name not in CLUSTER_METRICS
    }


def test_every_label_and_bucket_that_is_asked_for_is_there(prometheus: Prometheus) -> None:
    found = [
        f"{name} has no label {label}"
        for name, labels in used_labels().items()
        for label in labels
        if not prometheus.query(f'{name}{{{label}!=""}}')
    ]
    found += [
        f"{name} of {job} has no bucket {end}"
        for (name, job), ends in used_buckets().items()
        for end in ends
        if not prometheus.query(f'{name}{{job="{job}", le="{end}"}}')
    ]
    assert found == []


def test_every_query_is_answered_and_has_something_to_show(prometheus: Prometheus) -> None:
    sources = read_sources()
    asked = [
        (where, expression)
        for where, expression in expressions(sources)
        if where.split(":")[0] in sources.dashboards
        and not names_in(expression) & set(CLUSTER_METRICS)
    ]
    assert len(asked) > 20
    empty = {where for where, expression in asked if not prometheus.query(fill_in(expression))}
    assert empty <= set(MAY_BE_EMPTY), empty - set(MAY_BE_EMPTY)
    assert set(MAY_BE_EMPTY) <= {where for where, _ in asked}


def test_no_alert_holds_while_all_is_well(prometheus: Prometheus) -> None:
    """None is even on its way to firing, which takes minutes."""
    holding = [one for one in prometheus.alerts() if not one.startswith(OF_THE_MACHINE)]
    assert holding == []


def test_a_request_is_called_alike_from_nginx_on(nginx: PageServer) -> None:
    """As with the page's server of the image: a request without ids is given them by nginx."""
    answer = httpx.get(f"{nginx.url}/api/agents", timeout=30)
    (line,) = [one for one in _lines_of(nginx) if one["id"] == answer.headers["x-request-id"]]
    assert line == {"id": line["trace"], "trace": line["trace"], "path": "/api/agents"}


def _lines_of(nginx: PageServer) -> list[dict[str, str]]:
    nginx.wait_for_lines(1)
    return [
        {
            "id": line["http"]["request"]["id"],
            "trace": line["trace"]["id"],
            "path": line["url"]["path"],
        }
        for line in nginx.lines()
    ]


def test_planted_mistakes_are_found(prometheus: Prometheus) -> None:
    planted = {"bellwether_decision_total": ["a dashboard"], "kube_pod_info": ["a dashboard"]}
    assert missing_metrics(prometheus, planted) == {"bellwether_decision_total": ["a dashboard"]}
    with pytest.raises(QueryFailed, match="parse error"):
        prometheus.query("sum(rate(bellwether_decisions_total[5m])")
    assert prometheus.query('bellwether_decisions_total{action="purchase"}') == []


def test_what_is_wrong_is_seen(broken: Prometheus) -> None:
    broken.wait_for(
        lambda: "Planted is pending" in broken.alerts() and broken.targets()["model"] != "unknown"
    )
    assert broken.targets()["backend"] == "up"
    assert "refused" in broken.targets()["model"]
