"""Which metrics dashboards and alerts ask for, and where.

For tests against live services: :func:`used_metrics` are the names that a live ``/metrics`` has to
have, but for those of :data:`CLUSTER_METRICS`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from tests.deploy.observability.sources import Sources, is_of, panels, read_sources

CLUSTER_METRICS: Mapping[str, str] = {
    "container_cpu_usage_seconds_total": "cAdvisor in the kubelet",
    "container_memory_working_set_bytes": "cAdvisor in the kubelet",
    "container_spec_cpu_shares": "cAdvisor in the kubelet",
    "kube_horizontalpodautoscaler_spec_max_replicas": "kube-state-metrics",
    "kube_horizontalpodautoscaler_status_current_replicas": "kube-state-metrics",
    "kube_horizontalpodautoscaler_status_desired_replicas": "kube-state-metrics",
    "kube_pod_container_resource_limits": "kube-state-metrics",
    "kube_pod_container_resource_requests": "kube-state-metrics",
    "kube_pod_container_status_restarts_total": "kube-state-metrics",
    "kube_pod_info": "kube-state-metrics",
    "kube_pod_status_ready": "kube-state-metrics",
    "kubelet_volume_stats_available_bytes": "the kubelet",
    "kubelet_volume_stats_capacity_bytes": "the kubelet",
}
"""Metrics that no service of Bellwether has, and who has them. Nobody can check them here."""

MADE_BY_PROMETHEUS = frozenset({"ALERTS", "up"})

VARIABLES: Mapping[str, str] = {
    "$__rate_interval": "5m",
    "$__auto": "5m",
    "$job": "backend|model",
    "$namespace": "bellwether",
    "$pod": ".+",
    "$app": "backend|frontend|model|worker",
    "$request_id": "0af7651916cd43dd8448eb211c80319c",
}
"""What stands for Grafana's variables where an expression is parsed."""

_WORDS = frozenset({"and", "or", "unless", "bool", "offset", "Inf", "NaN"})
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_NAME = re.compile(r"(?<![\w.:$])([a-zA-Z_:][\w:]*)\b(?!\s*\()")
# A route such as "/api/candles/{symbol}" has braces of its own.
_SELECTOR = re.compile(r'([a-zA-Z_:][\w:]*)\{((?:[^}"]|"[^"]*")*)\}')
_MATCHER = re.compile(r'([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"([^"]*)"')


def fill_in(expression: str) -> str:
    """The expression with values in the place of Grafana's variables."""
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


def names_in(expression: str) -> set[str]:
    """Metrics that a PromQL expression asks for."""
    # Values of labels may hold any bracket, so that they go first.
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", bare)
    bare = _GROUPING.sub(" ", bare)
    return {name for name in _NAME.findall(bare) if name not in _WORDS}


def expressions(sources: Sources) -> Iterator[tuple[str, str]]:
    """Where each PromQL expression stands, and the expression."""
    for file, content in sources.rules.items():
        for group in content["groups"]:
            for rule in group["rules"]:
                yield f"{file}: {rule.get('alert') or rule['record']}", rule["expr"]
    for file, dashboard in sources.dashboards.items():
        for panel in panels(dashboard):
            if is_of(panel, "prometheus"):
                for target in panel["targets"]:
                    yield f"{file}: {panel['title']}", target["expr"]
        for variable in dashboard["templating"]["list"]:
            asked = re.fullmatch(r"label_values\((.+), \w+\)", str(variable.get("query", "")))
            if asked and variable["datasource"]["type"] == "prometheus":
                yield f"{file}: variable {variable['name']}", asked[1]


def used_metrics(sources: Sources | None = None) -> dict[str, list[str]]:
    """Metrics of services and cluster by name, with the places that ask for them.

    Names that rules record, and those that Prometheus makes itself, are left out. A histogram is
    asked for by its series: ``…_bucket``, ``…_count``.
    """
    sources = sources or read_sources()
    recorded = {rule["record"] for rule in sources.recordings()}
    found: dict[str, list[str]] = defaultdict(list)
    for where, expression in expressions(sources):
        for name in names_in(expression) - recorded - MADE_BY_PROMETHEUS:
            found[name].append(where)
    return dict(found)


def used_labels(sources: Sources | None = None) -> dict[str, set[str]]:
    """Labels by which each metric of a service is picked; ``job`` is Prometheus' own."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, expression in expressions(sources or read_sources()):
        for name, matchers in _SELECTOR.findall(expression):
            if name not in CLUSTER_METRICS and name not in MADE_BY_PROMETHEUS and ":" not in name:
                found[name] |= {label for label, _, _ in _MATCHER.findall(matchers)} - {"job"}
    return {name: labels for name, labels in found.items() if labels}


def used_buckets(sources: Sources | None = None) -> dict[tuple[str, str], set[str]]:
    """Upper ends (`le`) that objectives ask for, by metric and job: histograms need them."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for _, expression in expressions(sources or read_sources()):
        for name, matchers in _SELECTOR.findall(expression):
            values = {
                label: value for label, how, value in _MATCHER.findall(matchers) if how == "="
            }
            if "le" in values:
                found[name, values["job"]].add(values["le"])
    return dict(found)
