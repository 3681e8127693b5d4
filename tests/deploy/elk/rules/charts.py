"""Kibana's saved objects."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tests.deploy.elk.parts import Elk, Json

COLUMNS = 48
COUNTABLE = {
    "terms": {"keyword", "long"},
    "cardinality": {"keyword", "long"},
    "percentiles": {"long"},
    "max": {"long", "date"},
    "date_histogram": {"date"},
}
"""From an aggregation to the types it works on."""

ATTRIBUTES = {
    "index-pattern": {
        *("title", "name", "timeFieldName", "fieldFormatMap", "fieldAttrs", "fields"),
        *("runtimeFieldMap", "sourceFilters", "typeMeta"),
    },
    "visualization": {
        *("title", "description", "version", "uiStateJSON", "visState", "kibanaSavedObjectMeta"),
    },
    "dashboard": {
        *("title", "description", "version", "kibanaSavedObjectMeta", "optionsJSON", "panelsJSON"),
        *("timeRestore", "timeFrom", "timeTo", "refreshInterval"),
    },
}
"""What Kibana knows of each kind; an import with more is refused."""

NEEDED = {
    "addLegend",
    "categoryAxes",
    "grid",
    "labels",
    "seriesParams",
    "thresholdLine",
    "valueAxes",
}
"""What Kibana reads of a drawn chart without asking whether it is there."""

_ASKED = re.compile(r"([@\w.]+)\s*(?::|>=|<=|>|<)")


def references_resolve(elk: Elk) -> list[str]:
    """Every reference leads to an object of the file; every name that is used is a reference."""
    known = [(one["type"], one["id"]) for one in elk.objects]
    found = [f"{one} is there twice." for one, times in Counter(known).items() if times > 1]
    for number, one in enumerate(elk.objects):
        references = {each["name"]: each for each in one["references"]}
        found += [
            f"{one['id']} refers to {each['id']}, which does not come before it."
            for each in references.values()
            if (each["type"], each["id"]) not in known[:number]
        ]
        used = {part["indexRefName"] for part in _searches(one) if "indexRefName" in part}
        used |= {f"{panel['panelIndex']}:{panel['panelRefName']}" for panel in _panels(one)}
        found += [
            f"{one['id']}: {name} is no reference." for name in sorted(used - set(references))
        ]
        found += [f"{one['id']}: nobody uses {name}." for name in sorted(set(references) - used)]
    shown = {each["id"] for one in elk.saved("dashboard") for each in one["references"]}
    found += [
        f"{one['id']} is on no dashboard."
        for one in elk.saved("visualization")
        if one["id"] not in shown
    ]
    views = {one["id"] for one in elk.saved("index-pattern")}
    if elk.setting("DATA_VIEW") not in views:
        found.append(f"The default data view {elk.setting('DATA_VIEW')} is not there.")
    return found


def kibana_knows_what_it_reads(elk: Elk) -> list[str]:
    """Objects have the attributes of their kind, and charts all that drawing them takes."""
    found = []
    for one in elk.objects:
        unknown = set(one["attributes"]) - ATTRIBUTES[one["type"]]
        found += [f"{one['id']}: Kibana knows no {name}." for name in sorted(unknown)]
        if not re.fullmatch(r"8\.\d\.0", one["typeMigrationVersion"]):
            found.append(f"{one['id']} is of the version {one['typeMigrationVersion']}.")
    for chart in elk.saved("visualization"):
        state = _state(chart)
        missing = NEEDED - set(state["params"]) if state["type"] != "table" else set()
        found += [f"{chart['id']} has no {name}." for name in sorted(missing)]
        axes = {axis["id"] for axis in state["params"].get("valueAxes", ())}
        numbers = {each["id"] for each in state["aggs"] if each["schema"] == "metric"}
        for series in state["params"].get("seriesParams", ()):
            if series["valueAxis"] not in axes or series["data"]["id"] not in numbers:
                found.append(f"{chart['id']} draws {series['data']['label']} on nothing.")
    return found


def fields_can_be_counted(elk: Elk) -> list[str]:
    """Every field of a chart or a query is in the template, with a type that can be counted so."""
    fields, found = elk.fields(), []
    for chart in elk.saved("visualization"):
        for one in _state(chart)["aggs"]:
            field = one["params"].get("field")
            if one["type"] in ("count", "filters"):
                continue
            if fields.get(field) not in COUNTABLE[one["type"]]:
                found.append(f"{chart['id']}: {one['type']} of {field}, a {fields.get(field)}.")
        for query in _queries(chart):
            asked = set(_ASKED.findall(query)) - set(fields)
            found += [f"{chart['id']} asks for {field}." for field in sorted(asked)]
    for view in elk.saved("index-pattern"):
        formatted = set(json.loads(view["attributes"]["fieldFormatMap"])) - set(fields)
        found += [f"{view['id']} formats {field}." for field in sorted(formatted)]
    return found


def panels_lie_side_by_side(elk: Elk) -> list[str]:
    """No panel over another or beyond the 48 columns, no hole, none too small to read."""
    found = []
    for dashboard in elk.saved("dashboard"):
        places = {panel["panelIndex"]: panel["gridData"] for panel in _panels(dashboard)}
        for name, place in places.items():
            if place["i"] != name:
                found.append(f"{name} is placed as {place['i']}.")
            if place["x"] < 0 or place["x"] + place["w"] > COLUMNS:
                found.append(f"{name} leaves the grid.")
            if place["w"] < COLUMNS // 3 or place["h"] < 8:
                found.append(f"{name} is too small to read.")
        for (one, a), (other, b) in combinations(places.items(), 2):
            apart = (
                a["x"] + a["w"] <= b["x"]
                or b["x"] + b["w"] <= a["x"]
                or a["y"] + a["h"] <= b["y"]
                or b["y"] + b["h"] <= a["y"]
            )
            if not apart:
                found.append(f"{one} lies over {other}.")
        area = sum(place["w"] * place["h"] for place in places.values())
        if area < COLUMNS * max(place["y"] + place["h"] for place in places.values()):
            found.append(f"{dashboard['id']} has holes.")
    return found


def charts_say_what_they_show(elk: Elk) -> list[str]:
    """Titles and axes have names, and what is counted is called by a word."""
    found = []
    titles = Counter(one["attributes"]["title"] for one in elk.objects)
    found += [f"Two objects are called {title}." for title, times in titles.items() if times > 1]
    for chart in elk.saved("visualization"):
        state, attributes = _state(chart), chart["attributes"]
        if not attributes["title"] or attributes["title"] != state["title"]:
            found.append(f"{chart['id']} has two titles.")
        if not attributes["description"].endswith("."):
            found.append(f"{chart['id']} is not described.")
        for axis in (
            *state["params"].get("categoryAxes", ()),
            *state["params"].get("valueAxes", ()),
        ):
            if not axis["title"].get("text"):
                found.append(f"{chart['id']}: an axis has no name.")
        for one in state["aggs"]:
            if one["schema"] in ("metric", "segment", "bucket") and not one["params"].get(
                "customLabel"
            ):
                found.append(f"{chart['id']}: {one['type']} has no name.")
    return found


def the_originals_charts_are_there(elk: Elk) -> list[str]:
    """The data view logstash-*, and unique hosts and unique messages over @timestamp."""
    found = []
    views = [one["attributes"] for one in elk.saved("index-pattern")]
    if [(one["title"], one["timeFieldName"]) for one in views] != [("logstash-*", "@timestamp")]:
        found.append("The data view is not logstash-* over @timestamp.")
    drawn = [_counted(chart) for chart in elk.saved("visualization")]
    for field in ("host.name", "message.keyword"):
        wanted = {("metric", "cardinality", field), ("segment", "date_histogram", "@timestamp")}
        if wanted not in drawn:
            found.append(f"Unique {field} over @timestamp are not drawn.")
    return found


def what_operators_ask_is_there(elk: Elk) -> list[str]:
    """Log volume by service, response times by route, errors over time and as a table."""
    drawn = [_counted(chart) for chart in elk.saved("visualization")]
    time = ("segment", "date_histogram", "@timestamp")
    wanted = {
        "Log volume": {("metric", "count", None), time, ("group", "terms", "service.name")},
        "Response times by route": {
            ("metric", "percentiles", "event.duration"),
            ("segment", "terms", "http.route"),
        },
        "Errors over time": {("metric", "count", None), time, ("group", "filters", None)},
    }
    found = [f"{name} is not drawn." for name, parts in wanted.items() if parts not in drawn]
    queries = {query for chart in elk.saved("visualization") for query in _queries(chart)}
    asked = {'log.level : ("error" or "critical")', "http.response.status_code >= 500"}
    found += [f"Nobody draws {part}." for part in sorted(asked - queries)]
    tables = [one for one in elk.saved("visualization") if _state(one)["type"] == "table"]
    if not any("status_code >= 500" in query for one in tables for query in _queries(one)):
        found.append("There is no table of errors.")
    return found


def durations_are_in_milliseconds(elk: Elk) -> list[str]:
    """Lines hold nanoseconds; charts that say ms rely on the data view to show them so."""
    found = []
    for view in elk.saved("index-pattern"):
        form = json.loads(view["attributes"]["fieldFormatMap"]).get("event.duration", {})
        given = form.get("params", {})
        if (form.get("id"), given.get("inputFormat"), given.get("outputFormat")) != (
            *("duration", "nanoseconds", "asMilliseconds"),
        ):
            found.append("event.duration is not shown in milliseconds.")
    for chart in elk.saved("visualization"):
        drawn = any(one["params"].get("field") == "event.duration" for one in _state(chart)["aggs"])
        axes = [axis["title"]["text"] for axis in _state(chart)["params"].get("valueAxes", ())]
        if drawn and not all("(ms)" in name for name in (chart["attributes"]["title"], *axes)):
            found.append(f"{chart['id']} does not say that it shows milliseconds.")
    return found


def _state(chart: Json) -> Json:
    return dict(json.loads(chart["attributes"]["visState"]))


def _panels(one: Json) -> list[Json]:
    return list(json.loads(one["attributes"].get("panelsJSON", "[]")))


def _searches(one: Json) -> list[Json]:
    meta = one["attributes"].get("kibanaSavedObjectMeta")
    return [json.loads(meta["searchSourceJSON"])] if meta else []


def _queries(chart: Json) -> Iterator[str]:
    for search in _searches(chart):
        if search["query"]["query"]:
            yield search["query"]["query"]
    for one in _state(chart)["aggs"]:
        for each in one["params"].get("filters", ()):
            yield each["input"]["query"]


def _counted(chart: Json) -> set[tuple[str, str, Any]]:
    return {
        (one["schema"], one["type"], one["params"].get("field")) for one in _state(chart)["aggs"]
    }
