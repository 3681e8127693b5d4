"""Write Kibana's saved objects: data view, charts, dashboard.

``python -m scripts.kibana_objects`` writes ``observability/elk/kibana/objects.ndjson``, one object
a line; ``--check`` says whether that file is what would be written. The file is what is imported:
this program exists because objects hold JSON as text within JSON, which nobody can edit by hand.

Charts are of the aggregation-based kind. Their form has been the same for years, is written down
by every export, and takes nothing for granted that only a running Kibana could answer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.kibana_charts import Json, by_route, filters, line_chart, over_time, table, terms
from scripts.stack.supervise import REPOSITORY

FILE = REPOSITORY / "observability/elk/kibana/objects.ndjson"

DATA_VIEW = "bellwether-logs"
ERRORS = 'log.level : ("error" or "critical") or http.response.status_code >= 500'

# What the objects are written as; a newer Kibana brings them up to its own form at the import.
_VERSIONS = {"index-pattern": "8.0.0", "visualization": "8.5.0", "dashboard": "8.9.0"}

_MILLISECONDS = {
    "id": "duration",
    "params": {
        "inputFormat": "nanoseconds",
        "outputFormat": "asMilliseconds",
        "outputPrecision": 1,
        "showSuffix": True,
        "useShortSuffix": True,
    },
}


@dataclass(frozen=True)
class Chart:
    """A chart, and its place on the dashboard in its grid of 48 columns."""

    name: str
    title: str
    says: str
    state: Mapping[str, Json]
    place: tuple[int, int, int, int]
    query: str = ""


CHARTS = (
    Chart(
        "volume",
        "Log volume: lines by service",
        "How many lines each service wrote.",
        over_time(
            [("count", {"customLabel": "Lines"})], axis="Lines", split=terms("service.name", 10)
        ),
        (0, 0, 48, 12),
    ),
    Chart(
        "unique-hosts",
        "Unique hosts over time",
        "How many hosts (containers or pods) wrote lines.",
        line_chart(
            [("cardinality", {"field": "host.name", "customLabel": "Unique hosts"})], axis="Hosts"
        ),
        (0, 12, 24, 12),
    ),
    Chart(
        "unique-messages",
        "Unique messages over time",
        "How many different messages there were; a rise means that something new is said.",
        line_chart(
            [("cardinality", {"field": "message.keyword", "customLabel": "Unique messages"})],
            axis="Messages",
        ),
        (24, 12, 24, 12),
    ),
    Chart(
        "response-times-by-route",
        "Response times by route (ms)",
        "Median, 95th and 99th percentile of each route's answers, the slowest first.",
        by_route("event.duration", "http.route", axis="Response time (ms)"),
        (0, 24, 24, 16),
    ),
    Chart(
        "response-times-over-time",
        "Response times over time (ms)",
        "The same percentiles over time, all routes together.",
        line_chart(
            [
                (
                    "percentiles",
                    {
                        "field": "event.duration",
                        "percents": [50, 95, 99],
                        "customLabel": "Response time",
                    },
                )
            ],
            axis="Response time (ms)",
        ),
        (24, 24, 24, 16),
    ),
    Chart(
        "errors-over-time",
        "Errors over time",
        "Lines of the level error or above, and answers with a status of 500 or above.",
        over_time(
            [("count", {"customLabel": "Lines"})],
            axis="Lines",
            split=filters(
                {
                    "log.level error or above": 'log.level : ("error" or "critical")',
                    "status 500 or above": "http.response.status_code >= 500",
                }
            ),
        ),
        (0, 40, 24, 16),
    ),
    Chart(
        "errors-table",
        "Errors: what was said, by whom, how often",
        "The errors' messages with service and type, the most frequent first.",
        table(
            [
                ("message.keyword", "Message", 20),
                ("service.name", "Service", 5),
                ("error.type", "Type", 5),
            ],
            [
                ("count", {"customLabel": "Lines"}),
                ("max", {"field": "@timestamp", "customLabel": "Last"}),
            ],
        ),
        (24, 40, 24, 16),
        query=ERRORS,
    ),
)


def text(value: Any) -> str:
    """JSON as text, the same each time."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def saved(kind: str, name: str, attributes: Json, references: Sequence[Json] = ()) -> Json:
    return {
        "id": name,
        "type": kind,
        "attributes": attributes,
        "references": list(references),
        "coreMigrationVersion": "8.8.0",
        "typeMigrationVersion": _VERSIONS[kind],
        "managed": False,
    }


def data_view() -> Json:
    return saved(
        "index-pattern",
        DATA_VIEW,
        {
            "title": "logstash-*",
            "name": "logstash-*",
            "timeFieldName": "@timestamp",
            "fieldFormatMap": text({"event.duration": _MILLISECONDS}),
            "fieldAttrs": "{}",
            "fields": "[]",
            "runtimeFieldMap": "{}",
            "sourceFilters": "[]",
            "typeMeta": "{}",
        },
    )


def visualization(chart: Chart) -> Json:
    source = "kibanaSavedObjectMeta.searchSourceJSON.index"
    search = {
        "filter": [],
        "indexRefName": source,
        "query": {"language": "kuery", "query": chart.query},
    }
    return saved(
        "visualization",
        f"bellwether-{chart.name}",
        {
            "title": chart.title,
            "description": chart.says,
            "version": 1,
            "uiStateJSON": "{}",
            "visState": text({"title": chart.title, **chart.state}),
            "kibanaSavedObjectMeta": {"searchSourceJSON": text(search)},
        },
        [{"name": source, "type": "index-pattern", "id": DATA_VIEW}],
    )


def dashboard() -> Json:
    panels, references = [], []
    for chart in CHARTS:
        x, y, width, height = chart.place
        panel, reference = chart.name, f"panel_{chart.name}"
        panels.append(
            {
                "type": "visualization",
                "panelIndex": panel,
                "panelRefName": reference,
                "gridData": {"x": x, "y": y, "w": width, "h": height, "i": panel},
                "embeddableConfig": {"enhancements": {}},
            }
        )
        references.append(
            {
                "name": f"{panel}:{reference}",
                "type": "visualization",
                "id": f"bellwether-{chart.name}",
            }
        )
    search = {"filter": [], "query": {"language": "kuery", "query": ""}}
    return saved(
        "dashboard",
        "bellwether-logs",
        {
            "title": "Bellwether: logs",
            "description": "Volume, hosts, messages, response times and errors of all services.",
            "version": 1,
            "timeRestore": True,
            "timeFrom": "now-24h",
            "timeTo": "now",
            "refreshInterval": {"pause": False, "value": 60000},
            "optionsJSON": text({"hidePanelTitles": False, "syncCursor": True, "useMargins": True}),
            "panelsJSON": text(panels),
            "kibanaSavedObjectMeta": {"searchSourceJSON": text(search)},
        },
        references,
    )


def lines() -> str:
    """All objects, each after what it refers to."""
    objects = [data_view(), *(visualization(chart) for chart in CHARTS), dashboard()]
    return "".join(f"{text(one)}\n" for one in objects)


def main(arguments: Sequence[str], file: Path = FILE) -> int:
    written = lines()
    if "--check" not in arguments:
        file.write_text(written)
    elif not file.exists() or file.read_text() != written:
        print(f"{file} is not what scripts/kibana_objects.py writes.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
