"""Panels of a dashboard, as Grafana's JSON wants them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Panel = dict[str, Any]
Source = Literal["prometheus", "loki"]

WIDTH = 24
"""Of Grafana's grid."""

GREEN, YELLOW, RED = "green", "yellow", "red"


@dataclass(frozen=True)
class Query:
    """One expression of a panel.

    Attributes
    ----------
    legend : str
        Template of a series' name, such as ``{{job}}``.
    dashed : bool
        A line that others are held against: a limit or a target.
    """

    expression: str
    legend: str
    dashed: bool = False


@dataclass(frozen=True)
class Threshold:
    """From which value on a colour is shown."""

    value: float
    colour: str


def _targets(queries: Sequence[Query], source: Source, *, instant: bool) -> list[Panel]:
    return [
        {
            "refId": chr(ord("A") + number),
            "datasource": datasource(source),
            "editorMode": "code",
            "expr": query.expression,
            "legendFormat": query.legend,
            "instant": instant,
            "range": not instant,
            **({"queryType": "instant" if instant else "range"} if source == "loki" else {}),
        }
        for number, query in enumerate(queries)
    ]


def datasource(source: Source) -> dict[str, str]:
    """The one that is chosen above the dashboard."""
    return {"type": source, "uid": f"${{{source}}}"}


def _thresholds(thresholds: Sequence[Threshold]) -> dict[str, Any]:
    """Green below the first of them."""
    steps: list[dict[str, Any]] = [{"color": GREEN, "value": None}]
    steps += [{"color": one.colour, "value": one.value} for one in thresholds]
    return {"mode": "absolute", "steps": steps}


def graph(
    title: str,
    description: str,
    *queries: Query,
    unit: str,
    width: int = 8,
    thresholds: Sequence[Threshold] = (),
    stacked: bool = False,
    logarithmic: bool = False,
    most: float | None = None,
    source: Source = "prometheus",
) -> Panel:
    """Lines over time; thresholds are drawn as lines.

    Parameters
    ----------
    unit : str
        One of Grafana's, such as ``reqps``, ``s``, ``bytes``, ``percentunit``, ``short``.
    logarithmic : bool
        For lines of which one is a thousand times another.
    most : float, optional
        Upper end of the axis.
    """
    return {
        "type": "timeseries",
        "title": title,
        "description": description,
        "datasource": datasource(source),
        "gridPos": {"w": width, "h": 8},
        "targets": _targets(queries, source, instant=False),
        "fieldConfig": {
            "defaults": {
                "unit": unit,
                **({} if logarithmic else {"min": 0}),
                **({"max": most} if most is not None else {}),
                "custom": {
                    "drawStyle": "line",
                    "lineWidth": 1,
                    "fillOpacity": 40 if stacked else 8,
                    "showPoints": "never",
                    "spanNulls": False,
                    "scaleDistribution": (
                        {"type": "log", "log": 10} if logarithmic else {"type": "linear"}
                    ),
                    "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
                    "thresholdsStyle": {"mode": "dashed" if thresholds else "off"},
                },
                "thresholds": _thresholds(thresholds),
            },
            "overrides": [
                {
                    "matcher": {"id": "byFrameRefID", "options": chr(ord("A") + number)},
                    "properties": [
                        {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [6, 6]}},
                        {"id": "custom.fillOpacity", "value": 0},
                    ],
                }
                for number, query in enumerate(queries)
                if query.dashed
            ],
        },
        "options": {
            "legend": {"displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull"]},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    }


def stat(
    title: str,
    description: str,
    *queries: Query,
    unit: str,
    width: int = 6,
    height: int = 4,
    thresholds: Sequence[Threshold] = (),
    decimals: int | None = None,
) -> Panel:
    """The newest values as numbers, coloured by thresholds."""
    return {
        "type": "stat",
        "title": title,
        "description": description,
        "datasource": datasource("prometheus"),
        "gridPos": {"w": width, "h": height},
        "targets": _targets(queries, "prometheus", instant=True),
        "fieldConfig": {
            "defaults": {
                "unit": unit,
                **({"decimals": decimals} if decimals is not None else {}),
                "color": {"mode": "thresholds"},
                "thresholds": _thresholds(thresholds),
            },
            "overrides": [],
        },
        "options": {
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "colorMode": "value",
            "graphMode": "none",
            "textMode": "value_and_name",
            "orientation": "auto",
        },
    }


def log_lines(title: str, description: str, query: str, *, width: int = WIDTH) -> Panel:
    """Lines as they were written, newest first."""
    return {
        "type": "logs",
        "title": title,
        "description": description,
        "datasource": datasource("loki"),
        "gridPos": {"w": width, "h": 10},
        "targets": _targets([Query(query, "")], "loki", instant=False),
        "fieldConfig": {"defaults": {}, "overrides": []},
        "options": {
            "showTime": True,
            "wrapLogMessage": True,
            "enableLogDetails": True,
            "sortOrder": "Descending",
            "dedupStrategy": "none",
        },
    }


def row(title: str) -> Panel:
    """A heading over the panels that follow."""
    return {"type": "row", "title": title, "collapsed": False, "panels": []}
