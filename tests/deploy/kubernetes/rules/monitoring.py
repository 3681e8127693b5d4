"""What Prometheus reads and judges, and what Grafana shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from scripts.prometheus_rule import RULES, groups
from tests.deploy.kubernetes.objects import Object, Rendering, called, selects
from tests.deploy.kubernetes.rendering import DASHBOARDS, ROOT
from tests.deploy.kubernetes.repository import Repository
from tests.deploy.kubernetes.rules.selectors import DASHBOARD_LABEL

JOBS = frozenset({"backend", "model", "worker", "frontend"})
"""As rules and dashboards name them."""


def _endpoints(rendering: Rendering) -> Iterator[tuple[Object, Object]]:
    for kind, key in (("ServiceMonitor", "endpoints"), ("PodMonitor", "podMetricsEndpoints")):
        for one in rendering.of(kind):
            for endpoint in one["spec"][key]:
                yield one, endpoint


def monitors_read_numbers(rendering: Rendering, repository: Repository) -> list[str]:
    """What Prometheus asks is a port and a route that are there, and with the token if due."""
    found = []
    for one, endpoint in _endpoints(rendering):
        selector = one["spec"]["selector"]
        ports: set[str] = set()
        if one["kind"] == "ServiceMonitor":
            for service in rendering.of("Service"):
                if selects(selector, service["metadata"].get("labels", {})):
                    ports |= {port["name"] for port in service["spec"]["ports"]}
        else:
            for pod in rendering.pods:
                if selects(selector, pod.labels):
                    ports |= set(pod.ports())
        if endpoint["port"] not in ports:
            found.append(f"{called(one)} asks the port {endpoint['port']}, which is not there.")
        name = one["metadata"]["name"]
        if endpoint["path"] not in repository.routes[name]:
            found.append(f"{called(one)} asks {endpoint['path']}, which {name} does not answer.")
        has_token = "authorization" in endpoint
        if has_token != (name == "model"):
            found.append(f"{called(one)} has {'a' if has_token else 'no'} token.")
    return found


def jobs_are_called_like_services(rendering: Rendering, _: Repository) -> list[str]:
    """The label `job` is the name that rules and dashboards look for, and none is missing."""
    found = []
    jobs = set()
    for one, _endpoint in _endpoints(rendering):
        label = one["spec"].get("jobLabel")
        asked = rendering.of("Service") if one["kind"] == "ServiceMonitor" else None
        labels = (
            [pod.labels for pod in rendering.pods]
            if asked is None
            else [service["metadata"].get("labels", {}) for service in asked]
        )
        names = {each.get(label) for each in labels if selects(one["spec"]["selector"], each)}
        if names != {one["metadata"]["name"]}:
            found.append(f"{called(one)} makes the jobs {sorted(map(str, names))}.")
        jobs |= names
    if "monitoring" in rendering.components:
        found += [f"Nobody asks {job}." for job in sorted(JOBS - jobs)]
    return found


@cache
def _wanted_groups() -> list[dict[str, Any]]:
    return groups(RULES)


@cache
def _wanted_dashboards() -> dict[str, str]:
    return {path.name: path.read_text() for path in (ROOT / DASHBOARDS).glob("*.json")}


def alerts_reach_prometheus(rendering: Rendering, _: Repository) -> list[str]:
    """The rules in the cluster are those of the plain files, which promtool has tested."""
    if "monitoring" not in rendering.components:
        return []
    there = [group for one in rendering.of("PrometheusRule") for group in one["spec"]["groups"]]
    if there == _wanted_groups():
        return []
    return [
        "The cluster's rules are not those of the files; run python -m scripts.prometheus_rule."
    ]


def dashboards_reach_grafana(rendering: Rendering, _: Repository) -> list[str]:
    """Every dashboard is in a ConfigMap with the label that Grafana's sidecar looks for."""
    if "monitoring" not in rendering.components:
        return []
    there = {
        name: text
        for one in rendering.of("ConfigMap")
        if one["metadata"].get("labels", {}).get(DASHBOARD_LABEL) == "1"
        for name, text in one["data"].items()
    }
    found = [
        f"{name} is not in the cluster." for name in sorted(set(_wanted_dashboards()) - set(there))
    ]
    for name, text in there.items():
        if text != _wanted_dashboards().get(name):
            found.append(f"{name} is another dashboard than its file.")
        elif "uid" not in json.loads(text):
            found.append(f"{name} has no uid.")
    return found
