"""Log lines: how many, of which kind, and those of one request through all services."""

from __future__ import annotations

from scripts.dashboards.layout import Dashboard, choice, constant_choice, data_source, text
from scripts.dashboards.panels import Panel, Query, graph, log_lines, row

_CHOSEN = '{app=~"$app",pod=~"$pod"}'
# Lines are JSON with ECS names; Loki puts underscores for dots.
_ACCESS = f'{_CHOSEN} |= "status_code" | json | http_response_status_code != ""'


def _volume(app: str, title: str) -> Panel:
    return graph(
        title,
        f"Lines a second of each pod of {app}.",
        Query(f'sum by (pod) (rate({{app="{app}",pod=~"$pod"}}[$__auto]))', "{{pod}}"),
        unit="cps",
        source="loki",
    )


def _lines(app: str, title: str) -> Panel:
    return log_lines(
        title,
        f"Newest lines of {app}, of the chosen pods.",
        f'{{app="{app}",pod=~"$pod"}}',
        width=8,
    )


LOGS = Dashboard(
    uid="bellwether-logs",
    title="Bellwether: logs",
    description="Log lines of backend, frontend, model and worker; those of one request together.",
    variables=(
        data_source("loki"),
        constant_choice("app", "Service", ("backend", "frontend", "model", "worker")),
        choice("pod", "Pod", "loki", 'label_values({app=~".+"}, pod)', several=True),
        text("request_id", "Request id"),
    ),
    panels=(
        row("How much is written"),
        _volume("backend", "Lines a second of the gateway, by pod"),
        _volume("frontend", "Lines a second of the page's server, by pod"),
        _volume("model", "Lines a second of the model service, by pod"),
        graph(
            "Lines a second by level",
            "Of the chosen services and pods.",
            Query(
                f'sum by (log_level) (rate({_CHOSEN} | json | log_level != "" [$__auto]))',
                "{{log_level}}",
            ),
            unit="cps",
            width=12,
            stacked=True,
            source="loki",
        ),
        graph(
            "Access lines a second by status",
            "One for each answered request, probes left out unless they failed.",
            Query(
                f"sum by (http_response_status_code) (rate({_ACCESS} [$__auto]))",
                "{{http_response_status_code}}",
            ),
            unit="cps",
            width=12,
            stacked=True,
            source="loki",
        ),
        row("One request through all services"),
        log_lines(
            "Lines of the request whose id stands above",
            "The page shows it beside an error, and every answer has it as X-Request-ID.",
            '{app=~"backend|frontend|model|worker"} |= "$request_id" | json'
            ' | http_request_id = "$request_id"',
        ),
        row("What went wrong"),
        log_lines(
            "Errors of the chosen services",
            "Lines of the levels error and critical.",
            f'{_CHOSEN} | json | log_level =~ "(?i)error|critical"',
        ),
        row("Newest lines"),
        _lines("backend", "Gateway"),
        _lines("frontend", "Page's server"),
        _lines("model", "Model service"),
    ),
)
