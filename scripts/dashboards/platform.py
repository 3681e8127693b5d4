"""Is the platform well: requests, errors and times of each service, and what is running out."""

from __future__ import annotations

from scripts.dashboards.layout import Dashboard, constant_choice, data_source
from scripts.dashboards.panels import RED, YELLOW, Query, Threshold, graph, row, stat

_COUNT = "http_server_request_duration_seconds_count"
_BUCKET = "http_server_request_duration_seconds_bucket"
# Probes have nobody who waits, and a stream of events lasts as long as somebody watches.
_ASKED = 'job=~"$job",route!~"/healthz|/readyz|/metrics"'
_TIMED = 'job=~"$job",route!~"/healthz|/readyz|/metrics|.*/events"'
_RATE = "$__rate_interval"
# In a cluster every process that Prometheus asks has numbers of these names.
_OURS = 'job=~"backend|model|worker"'


def _quantile(share: float, by: str) -> str:
    """Of what was asked in the interval: where nothing was, there is no number, and no line."""
    series = f"sum by (le, {by}) (rate({_BUCKET}{{{_TIMED}}}[{_RATE}]))"
    return f"histogram_quantile({share}, {series}) >= 0"


_FEELING = (
    row("What users feel"),
    stat(
        "Alerts that are firing",
        "Alerts of Bellwether, whatever they are about; Alertmanager and the runbooks say more.",
        Query(
            'count(ALERTS{alertname=~"Bellwether.*",alertstate="firing"}) or vector(0)', "firing"
        ),
        unit="none",
        thresholds=(Threshold(1, RED),),
    ),
    stat(
        "Targets that answer Prometheus",
        "How many processes of each service answered the last question for their metrics.",
        Query('sum by (job) (up{job=~"backend|model|worker|frontend"})', "{{job}}"),
        unit="none",
        # Nothing is red here from above: zero is what is wrong, and BellwetherTargetDown says it.
    ),
    stat(
        "Requests answered with 5xx, last 5 minutes",
        "Share of all requests except probes. The objective is 0.5 % over 30 days.",
        Query("job:http_errors:ratio_rate5m >= 0", "{{job}}"),
        unit="percentunit",
        decimals=2,
        thresholds=(Threshold(0.005, YELLOW), Threshold(0.03, RED)),
    ),
    stat(
        "Slow answers, last hour",
        "Share of candles over 250 ms and of predictions over 2.5 s. The objective is 5 %.",
        Query("job:http_slow:ratio_rate1h >= 0", "{{slo}}"),
        unit="percentunit",
        decimals=2,
        thresholds=(Threshold(0.05, YELLOW), Threshold(0.3, RED)),
    ),
)

_SERVICES = (
    row("Each service"),
    graph(
        "Requests a second by service",
        "All requests except probes and /metrics.",
        Query(f"sum by (job) (rate({_COUNT}{{{_ASKED}}}[{_RATE}]))", "{{job}}"),
        unit="reqps",
    ),
    graph(
        "Share of requests answered with 5xx, by service",
        "Of all requests except probes and /metrics.",
        Query(
            f'(sum by (job) (rate({_COUNT}{{{_ASKED},status=~"5.."}}[{_RATE}]))'
            f" or 0 * sum by (job) (rate({_COUNT}{{{_ASKED}}}[{_RATE}])))"
            f" / sum by (job) (rate({_COUNT}{{{_ASKED}}}[{_RATE}])) >= 0",
            "{{job}}",
        ),
        unit="percentunit",
        thresholds=(Threshold(0.005, YELLOW), Threshold(0.03, RED)),
    ),
    graph(
        "Time of an answer by service",
        "Median and 95th percentile from request to last byte; streams of events are left out.",
        Query(_quantile(0.5, "job"), "{{job}} half"),
        Query(_quantile(0.95, "job"), "{{job}} 95 %"),
        unit="s",
    ),
)

_ROUTES = (
    row("Each route"),
    graph(
        "Requests a second by route",
        "All requests except probes and /metrics, of the chosen services.",
        Query(
            f"sum by (job, method, route) (rate({_COUNT}{{{_ASKED}}}[{_RATE}])) > 0",
            "{{job}} {{method}} {{route}}",
        ),
        unit="reqps",
        width=12,
    ),
    graph(
        "Time of an answer by route, 95th percentile",
        "From request to last byte; streams of events are left out.",
        Query(_quantile(0.95, "job, route"), "{{job}} {{route}}"),
        unit="s",
        width=12,
    ),
    graph(
        "Requests refused or failed a second, by route and status",
        "4xx is what a client did wrong or may not do, 5xx what the service could not do.",
        Query(
            f'sum by (job, route, status) (rate({_COUNT}{{{_ASKED},status=~"[45].."}}[{_RATE}]))'
            " > 0",
            "{{job}} {{route}} {{status}}",
        ),
        unit="reqps",
        width=12,
    ),
    graph(
        "Questions to the model service that failed, a second",
        "As the gateway saw it, by kind of failure.",
        Query(
            f"sum by (kind) (rate(bellwether_model_service_errors_total[{_RATE}]))",
            "{{kind}}",
        ),
        unit="ops",
        width=12,
    ),
)

_SATURATION = (
    row("What is running out"),
    graph(
        "Cores in use by service",
        "Of the processes that answer Prometheus. Units of a worker run in processes of their own.",
        Query(f"sum by (job) (rate(process_cpu_seconds_total{{{_OURS}}}[{_RATE}]))", "{{job}}"),
        unit="none",
        width=6,
    ),
    graph(
        "Memory by process",
        "Resident, mapped files included: TensorFlow's code is 435 MiB of it. Without units.",
        Query(f"process_resident_memory_bytes{{{_OURS}}}", "{{job}} {{instance}}"),
        unit="bytes",
        width=6,
    ),
    graph(
        "Processes that began anew, in an hour",
        "Those that answer Prometheus. Their container may have gone on.",
        Query(
            f"sum by (job) (changes(process_start_time_seconds{{{_OURS}}}[1h]))",
            "{{job}}",
        ),
        unit="none",
        width=6,
        thresholds=(Threshold(3, RED),),
    ),
    graph(
        "Open files, of those allowed",
        "Sockets are among them. A process that reaches 100 % refuses connections.",
        Query(f"process_open_fds{{{_OURS}}} / process_max_fds{{{_OURS}}}", "{{job}} {{instance}}"),
        unit="percentunit",
        width=6,
        thresholds=(Threshold(0.8, RED),),
    ),
    graph(
        "Browsers that watch experiments",
        "Open streams of events of the gateway; one pod has room for 200.",
        Query("sum by (job) (bellwether_event_streams)", "{{job}}"),
        unit="none",
        thresholds=(Threshold(180, YELLOW),),
    ),
    graph(
        "Streams of events cut off a minute",
        "Ended by the gateway because the browser took nothing for too long.",
        Query(
            f"sum by (job) (rate(bellwether_event_streams_cut_off_total[{_RATE}])) * 60", "{{job}}"
        ),
        unit="none",
    ),
    graph(
        "Units waiting and running",
        "Of all experiments; waiting ones are taken by the next worker with a free slot.",
        Query('max by (state) (bellwether_experiment_units{state=~"queued|running"})', "{{state}}"),
        unit="none",
    ),
    graph(
        "Log lines that wait for Logstash",
        "At 10,000 a process begins to drop new ones. Zero where Logstash is not used.",
        Query("sum by (job) (bellwether_log_lines_waiting)", "{{job}}"),
        unit="none",
        thresholds=(Threshold(8000, YELLOW), Threshold(10000, RED)),
    ),
    graph(
        "Log lines dropped a minute",
        "Lines that Logstash did not get; they are on standard output.",
        Query(f"sum by (job) (rate(bellwether_log_lines_dropped_total[{_RATE}])) * 60", "{{job}}"),
        unit="none",
    ),
    graph(
        "Free space by folder",
        "Share of the disk below each folder that is free.",
        Query(
            "min by (folder) (bellwether_disk_available_bytes / bellwether_disk_size_bytes)",
            "{{folder}}",
        ),
        unit="percentunit",
        most=1,
        thresholds=(Threshold(0.1, RED),),
    ),
    graph(
        "Answers found in a cache",
        "Share of look-ups that found what they wanted.",
        Query(
            f'sum by (job, cache) (rate(bellwether_cache_requests_total{{result="hit"}}[{_RATE}]))'
            f" / sum by (job, cache) (rate(bellwether_cache_requests_total[{_RATE}])) >= 0",
            "{{job}} {{cache}}",
        ),
        unit="percentunit",
        most=1,
    ),
    graph(
        "Connections of the page's server",
        "As nginx counts them; only where the page is served by the image.",
        Query("sum by (job) (nginx_connections_active)", "active"),
        Query("sum by (job) (nginx_connections_waiting)", "of these idle"),
        unit="none",
    ),
    graph(
        "Versions that run",
        "Processes of each version; two at once while a new version comes.",
        Query("sum by (job, version) (bellwether_build_info)", "{{job}} {{version}}"),
        unit="none",
    ),
)

PLATFORM = Dashboard(
    uid="bellwether-platform",
    title="Bellwether: platform",
    description="Requests, errors and times of each service and route, and what is running out.",
    variables=(
        data_source("prometheus"),
        constant_choice("job", "Service", ("backend", "model")),
    ),
    panels=(*_FEELING, *_SERVICES, *_ROUTES, *_SATURATION),
)
