"""States of Kibana's aggregation-based charts: what is counted, how it is drawn, axes' names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
Metric = tuple[str, Mapping[str, Any]]

TIME = "@timestamp"


def over_time(metrics: Sequence[Metric], axis: str, split: Json | None = None) -> Json:
    """Columns over time: stacked where they are split by values, side by side for queries.

    A line may answer several queries; stacked, it would be counted twice in the height.
    """
    return _xy("histogram", metrics, _time(), axis, split)


def line_chart(metrics: Sequence[Metric], axis: str) -> Json:
    """Lines over time, one a metric (or a percentile)."""
    return _xy("line", metrics, _time(), axis, None)


def by_route(field: str, route: str, axis: str) -> Json:
    """Bars of three percentiles of a field for each route, sorted by the second of them."""
    metric = (
        "percentiles",
        {"field": field, "percents": [50, 95, 99], "customLabel": "Percentile"},
    )
    bucket = terms(route, 15)
    bucket["params"] |= {"orderBy": "1.95", "customLabel": "Route"}
    return _xy("horizontal_bar", [metric], bucket, axis, None, along="Route")


def table(rows: Sequence[tuple[str, str, int]], metrics: Sequence[Metric]) -> Json:
    """A table with a row for each combination of values; lines without a field have a row too."""
    aggregations = _metrics(metrics)
    for field, label, size in rows:
        bucket = terms(field, size)
        bucket["params"] |= {
            "customLabel": label,
            "missingBucket": True,
            "missingBucketLabel": "none",
        }
        aggregations.append(_aggregation(len(aggregations) + 1, "bucket", bucket))
    return {
        "type": "table",
        "aggs": aggregations,
        "params": {
            "perPage": 10,
            "percentageCol": "",
            "row": True,
            "showMetricsAtAllLevels": False,
            "showPartialRows": False,
            "showToolbar": True,
            "showTotal": False,
            "totalFunc": "sum",
        },
    }


def terms(field: str, size: int) -> Json:
    """One group for each of the most frequent values."""
    return {
        "type": "terms",
        "params": {
            "field": field,
            "order": "desc",
            "orderBy": "1",
            "size": size,
            "otherBucket": False,
            "otherBucketLabel": "other",
            "missingBucket": False,
            "missingBucketLabel": "none",
        },
    }


def filters(queries: Mapping[str, str]) -> Json:
    """One group for each query; a line may be in several."""
    return {
        "type": "filters",
        "params": {
            "filters": [
                {"label": label, "input": {"language": "kuery", "query": query}}
                for label, query in queries.items()
            ]
        },
    }


def _time() -> Json:
    return {
        "type": "date_histogram",
        "params": {
            "field": TIME,
            "customLabel": "Time",
            "interval": "auto",
            "drop_partials": False,
            "extended_bounds": {},
            "min_doc_count": 1,
            "scaleMetricValues": False,
            "useNormalizedEsInterval": True,
        },
    }


def _aggregation(number: int, schema: str, content: Mapping[str, Any]) -> Json:
    return {"id": str(number), "enabled": True, "schema": schema, **content}


def _metrics(metrics: Sequence[Metric]) -> list[Json]:
    return [
        _aggregation(number, "metric", {"type": kind, "params": dict(params)})
        for number, (kind, params) in enumerate(metrics, 1)
    ]


def _xy(
    kind: str,
    metrics: Sequence[Metric],
    bucket: Json,
    axis: str,
    split: Json | None,
    along: str = "Time",
) -> Json:
    aggregations = _metrics(metrics)
    aggregations.append(_aggregation(len(aggregations) + 1, "segment", bucket))
    if split is not None:
        aggregations.append(_aggregation(len(aggregations) + 1, "group", split))
    bars = kind == "horizontal_bar"
    drawn = {
        "show": True,
        "type": "line" if kind == "line" else "histogram",
        "mode": "stacked" if split is not None and split["type"] == "terms" else "normal",
        "valueAxis": "ValueAxis-1",
        "drawLinesBetweenPoints": True,
        "lineWidth": 2,
        "interpolate": "linear",
        "showCircles": True,
    }
    return {
        "type": kind,
        "aggs": aggregations,
        "params": {
            "type": "line" if kind == "line" else "histogram",
            "addLegend": True,
            "addTimeMarker": False,
            "addTooltip": True,
            "legendPosition": "right",
            "detailedTooltip": True,
            "palette": {"type": "palette", "name": "default"},
            "truncateLegend": True,
            "maxLegendLines": 1,
            "grid": {"categoryLines": False},
            "labels": {"show": False},
            "times": [],
            "thresholdLine": {"show": False},
            "categoryAxes": [
                {
                    "id": "CategoryAxis-1",
                    "type": "category",
                    "position": "left" if bars else "bottom",
                    "show": True,
                    "scale": {"type": "linear"},
                    "labels": {"show": True, "filter": not bars, "truncate": 200 if bars else 100},
                    "title": {"text": along},
                }
            ],
            "valueAxes": [
                {
                    "id": "ValueAxis-1",
                    "name": "BottomAxis-1" if bars else "LeftAxis-1",
                    "type": "value",
                    "position": "bottom" if bars else "left",
                    "show": True,
                    "scale": {"type": "linear", "mode": "normal"},
                    "labels": {"show": True, "filter": bars, "rotate": 0, "truncate": 100},
                    "title": {"text": axis},
                }
            ],
            "seriesParams": [
                {**drawn, "data": {"id": str(n), "label": params.get("customLabel", one)}}
                for n, (one, params) in enumerate(metrics, 1)
            ],
        },
    }
