"""A dashboard of its panels: numbers, places and variables are given here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scripts.dashboards.panels import WIDTH, Panel, Source

_SOURCE_LABELS: dict[Source, str] = {"prometheus": "Prometheus", "loki": "Loki"}


@dataclass(frozen=True)
class Dashboard:
    """What a page of Grafana shows.

    Attributes
    ----------
    uid : str
        Its name in addresses, and of its file.
    panels : sequence of dict
        In reading order; they are placed one after the other.
    """

    uid: str
    title: str
    description: str
    variables: Sequence[dict[str, Any]]
    panels: Sequence[Panel]


def data_source(source: Source) -> dict[str, Any]:
    """Variable that chooses where a dashboard's data come from."""
    return {
        "type": "datasource",
        "name": source,
        "label": _SOURCE_LABELS[source],
        "query": source,
        "current": {},
        "hide": 0,
        "refresh": 1,
    }


def choice(name: str, label: str, source: Source, query: str, *, several: bool) -> dict[str, Any]:
    """Variable whose values are those of a label."""
    return {
        "type": "query",
        "name": name,
        "label": label,
        "datasource": {"type": source, "uid": f"${{{source}}}"},
        "query": query,
        "definition": query,
        "refresh": 2,
        "sort": 1,
        "multi": several,
        "includeAll": several,
        **({"allValue": ".+"} if several else {}),
        "current": {"text": "All", "value": "$__all"} if several else {},
    }


def text(name: str, label: str) -> dict[str, Any]:
    """Variable that somebody types."""
    return {
        "type": "textbox",
        "name": name,
        "label": label,
        "query": "",
        "current": {"text": "", "value": ""},
    }


def constant_choice(name: str, label: str, values: Sequence[str]) -> dict[str, Any]:
    """Variable with values that are known; all are chosen at first."""
    return {
        "type": "custom",
        "name": name,
        "label": label,
        "query": ",".join(values),
        "multi": True,
        "includeAll": True,
        "allValue": "|".join(values),
        "current": {"text": "All", "value": "$__all"},
    }


def place(panels: Sequence[Panel]) -> list[Panel]:
    """Panels with numbers and places: from left to right, in lines as high as their highest.

    Raises
    ------
    ValueError
        Where a panel is wider than the grid.
    """
    placed: list[Panel] = []
    across = down = line_height = 0
    for number, panel in enumerate(panels, 1):
        size = panel.get("gridPos", {"w": WIDTH, "h": 1})
        if size["w"] > WIDTH:
            raise ValueError(f"{panel['title']} is wider than the grid.")
        if across + size["w"] > WIDTH or panel["type"] == "row":
            across, down, line_height = 0, down + line_height, 0
        placed.append({"id": number, **panel, "gridPos": {"x": across, "y": down, **size}})
        across += size["w"]
        line_height = max(line_height, size["h"])
    return placed


def as_json(dashboard: Dashboard) -> dict[str, Any]:
    """The model that Grafana reads."""
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": ["bellwether"],
        "schemaVersion": 41,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "utc",
        "links": [
            {
                "type": "dashboards",
                "title": "Bellwether",
                "tags": ["bellwether"],
                "asDropdown": True,
                "includeVars": False,
                "keepTime": True,
            }
        ],
        "templating": {"list": list(dashboard.variables)},
        "annotations": {"list": []},
        "panels": place(dashboard.panels),
    }
