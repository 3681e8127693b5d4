"""What each pod uses of what it may use, and how many there are."""

from __future__ import annotations

from scripts.dashboards.layout import Dashboard, choice, data_source
from scripts.dashboards.panels import RED, YELLOW, Query, Threshold, graph, row

_RATE = "$__rate_interval"
_OURS = 'job=~"backend|model|worker"'
# The pause container of a pod has no name, and a pod's own sum has none either.
_CONTAINERS = 'namespace="$namespace",pod=~"$pod",container!="",container!="POD"'
_PODS = 'namespace="$namespace",pod=~"$pod"'

_PROCESSOR = (
    row("Processor"),
    graph(
        "Cores in use by pod",
        "container_cpu_usage_seconds_total of all containers of a pod, a second.",
        Query(
            f"sum by (pod) (rate(container_cpu_usage_seconds_total{{{_CONTAINERS}}}[{_RATE}]))",
            "{{pod}}",
        ),
        unit="none",
        width=12,
    ),
    graph(
        "Processor shares by pod",
        "container_spec_cpu_shares: who gets how much where processors are short; 1024 a core.",
        Query(f"sum by (pod) (container_spec_cpu_shares{{{_CONTAINERS}}})", "{{pod}}"),
        unit="none",
        width=12,
    ),
    graph(
        "Cores in use, of those requested",
        "The autoscalers add pods where the mean of a service is above 50 %.",
        Query(
            f"sum by (pod) (rate(container_cpu_usage_seconds_total{{{_CONTAINERS}}}[{_RATE}]))"
            " / sum by (pod) (kube_pod_container_resource_requests"
            f'{{{_PODS},resource="cpu"}})',
            "{{pod}}",
        ),
        unit="percentunit",
        width=12,
        thresholds=(Threshold(0.5, YELLOW),),
    ),
    graph(
        "Pods of each service against target and maximum",
        "What is there, what the autoscaler wants, and where it ends.",
        Query(
            "max by (horizontalpodautoscaler)"
            ' (kube_horizontalpodautoscaler_status_current_replicas{namespace="$namespace"})',
            "{{horizontalpodautoscaler}} there",
        ),
        Query(
            "max by (horizontalpodautoscaler)"
            ' (kube_horizontalpodautoscaler_status_desired_replicas{namespace="$namespace"})',
            "{{horizontalpodautoscaler}} wanted",
            dashed=True,
        ),
        Query(
            "max by (horizontalpodautoscaler)"
            ' (kube_horizontalpodautoscaler_spec_max_replicas{namespace="$namespace"})',
            "{{horizontalpodautoscaler}} at most",
            dashed=True,
        ),
        unit="none",
        width=12,
    ),
)

_MEMORY = (
    row("Memory and life"),
    graph(
        "Memory by pod",
        "Working set: what cannot be taken away from it.",
        Query(
            f"sum by (pod) (container_memory_working_set_bytes{{{_CONTAINERS}}})",
            "{{pod}}",
        ),
        unit="bytes",
        width=12,
    ),
    graph(
        "Memory, of that allowed",
        "At 100 % the container is killed.",
        Query(
            f"max by (pod, container) (container_memory_working_set_bytes{{{_CONTAINERS}}})"
            " / max by (pod, container) (kube_pod_container_resource_limits"
            f'{{{_PODS},resource="memory"}})',
            "{{pod}} {{container}}",
        ),
        unit="percentunit",
        width=12,
        thresholds=(Threshold(0.9, RED),),
    ),
    graph(
        "Containers started again, in an hour",
        "By container of each pod.",
        Query(
            "sum by (pod, container)"
            f" (increase(kube_pod_container_status_restarts_total{{{_PODS}}}[1h]))",
            "{{pod}} {{container}}",
        ),
        unit="none",
        width=12,
        thresholds=(Threshold(3, RED),),
    ),
    graph(
        "Pods that are ready",
        "By whether they are given requests.",
        Query(
            f'sum by (pod) (kube_pod_status_ready{{{_PODS},condition="true"}})',
            "{{pod}}",
        ),
        unit="none",
        width=12,
        most=1,
    ),
)

_PROCESSES = (
    row("Processes, without a cluster too"),
    graph(
        "Cores in use by process",
        "Of the processes that answer Prometheus, as they count it; units of a worker are not.",
        Query(f"rate(process_cpu_seconds_total{{{_OURS}}}[{_RATE}])", "{{job}} {{instance}}"),
        unit="none",
        width=12,
    ),
    graph(
        "Resident memory by process",
        "Of the processes that answer Prometheus, mapped files included.",
        Query(f"process_resident_memory_bytes{{{_OURS}}}", "{{job}} {{instance}}"),
        unit="bytes",
        width=12,
    ),
)

PODS = Dashboard(
    uid="bellwether-pods",
    title="Bellwether: pods",
    description="Processor, memory, restarts and number of pods, against what they may use.",
    variables=(
        data_source("prometheus"),
        choice(
            "namespace",
            "Namespace",
            "prometheus",
            'label_values(kube_pod_info{namespace=~"bellwether.*"}, namespace)',
            several=False,
        ),
        choice(
            "pod",
            "Pod",
            "prometheus",
            'label_values(kube_pod_info{namespace="$namespace"}, pod)',
            several=True,
        ),
    ),
    panels=(*_PROCESSOR, *_MEMORY, *_PROCESSES),
)
