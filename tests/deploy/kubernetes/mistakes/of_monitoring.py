"""Mistakes about numbers that nobody reads, rules that nobody applies, dashboards nobody sees."""

from __future__ import annotations

from tests.deploy.kubernetes.mistakes.planting import Mistake, drop, put, remove
from tests.deploy.kubernetes.rules import monitoring, network, selectors

_DASHBOARD = "ConfigMap/dashboard-platform"
_GROUP = ("spec", "groups", 0)

MISTAKES = (
    Mistake(
        monitoring.monitors_read_numbers,
        "asks the port metrics, which is not there",
        put("ServiceMonitor/backend", "spec", "endpoints", 0, "port", value="metrics"),
        components=("monitoring",),
    ),
    Mistake(
        monitoring.monitors_read_numbers,
        "PodMonitor/worker asks the port http",
        put("PodMonitor/worker", "spec", "podMetricsEndpoints", 0, "port", value="http"),
        components=("monitoring",),
    ),
    Mistake(
        monitoring.monitors_read_numbers,
        "asks /prometheus, which backend does not answer",
        put("ServiceMonitor/backend", "spec", "endpoints", 0, "path", value="/prometheus"),
        components=("monitoring",),
    ),
    Mistake(
        monitoring.monitors_read_numbers,
        "ServiceMonitor/model has no token",
        drop("ServiceMonitor/model", "spec", "endpoints", 0, "authorization"),
        components=("monitoring",),
    ),
    Mistake(
        monitoring.monitors_read_numbers,
        "PodMonitor/frontend asks the port numbers, which is not there",
        put("PodMonitor/frontend", "spec", "podMetricsEndpoints", 0, "port", value="numbers"),
        components=("monitoring",),
    ),
    Mistake(
        monitoring.jobs_are_called_like_services,
        "PodMonitor/worker makes the jobs ['None']",
        drop("PodMonitor/worker", "spec", "jobLabel"),
        components=("monitoring",),
    ),
    Mistake(
        monitoring.jobs_are_called_like_services,
        "ServiceMonitor/model makes the jobs ['model-service']",
        put("ServiceMonitor/model", "spec", "jobLabel", value="app.kubernetes.io/component"),
        components=("monitoring",),
    ),
    Mistake(
        monitoring.jobs_are_called_like_services,
        "Nobody asks frontend.",
        remove("PodMonitor/frontend"),
        components=("monitoring",),
    ),
    Mistake(
        monitoring.alerts_reach_prometheus,
        "The cluster's rules are not those of the files",
        put("PrometheusRule/bellwether", *_GROUP, "rules", 0, "for", value="1h"),
        components=("monitoring",),
    ),
    Mistake(
        monitoring.alerts_reach_prometheus,
        "The cluster's rules are not those of the files",
        remove("PrometheusRule/bellwether"),
        components=("monitoring",),
    ),
    Mistake(
        monitoring.dashboards_reach_grafana,
        "bellwether-platform.json is not in the cluster",
        drop(_DASHBOARD, "metadata", "labels", selectors.DASHBOARD_LABEL),
        components=("monitoring",),
    ),
    Mistake(
        monitoring.dashboards_reach_grafana,
        "bellwether-platform.json is another dashboard than its file",
        put(_DASHBOARD, "data", "bellwether-platform.json", value='{"uid": "x"}'),
        components=("monitoring",),
    ),
    Mistake(
        selectors.nothing_is_left_over,
        "Nobody uses ConfigMap/dashboard-platform",
        drop(_DASHBOARD, "metadata", "labels", selectors.DASHBOARD_LABEL),
        components=("monitoring",),
    ),
    Mistake(
        network.only_the_arrows_pass,
        "prometheus -> frontend:5174/TCP does not pass",
        remove("NetworkPolicy/frontend-from-prometheus"),
        components=("monitoring",),
    ),
    Mistake(
        network.only_the_arrows_pass,
        "ingress -> frontend:5174/TCP passes",
        drop("NetworkPolicy/frontend-from-prometheus", "spec", "ingress", 0, "from"),
        overlay="production",
        components=("monitoring",),
    ),
)
