"""Rules that dashboards have to keep; each returns sentences."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from tests.deploy.observability.queries import VARIABLES, fill_in
from tests.deploy.observability.sources import Json, Rule, Sources, is_of, panels

GRID = 24
LOG_LABELS = {"app", "pod", "namespace", "container"}
"""Those that Alloy puts on a line; everything else is in the line."""

_BUILT_IN = {"__rate_interval", "__auto", "__interval", "__range"}
_VARIABLE = re.compile(r"\$\{?(\w+)")
_UNITS = {"none", "short", "reqps", "ops", "cps", "s", "bytes", "percentunit"}


def _shown(sources: Sources) -> Iterator[tuple[str, Json]]:
    for dashboard in sources.dashboards.values():
        for panel in panels(dashboard):
            yield f"{dashboard['uid']}, {panel['title']}", panel


def names_are_unique(sources: Sources) -> list[str]:
    """Addresses of dashboards, and titles and numbers within one; a file is called like its uid."""
    found = []
    uids = [dashboard["uid"] for dashboard in sources.dashboards.values()]
    if len(set(uids)) < len(uids):
        found.append("Two dashboards have one uid.")
    for file, dashboard in sources.dashboards.items():
        if file != f"{dashboard['uid']}.json":
            found.append(f"{file} is called otherwise than {dashboard['uid']}.")
        for key in ("id", "title"):
            values = [panel[key] for panel in dashboard["panels"]]
            found += [f"{file}: {v} is there twice." for v in set(values) if values.count(v) > 1]
    return found


def panels_do_not_overlap(sources: Sources) -> list[str]:
    """Each panel has its own place within the grid."""
    found = []
    for file, dashboard in sources.dashboards.items():
        places = [(panel["title"], panel["gridPos"]) for panel in dashboard["panels"]]
        found += [
            f"{file}: {title} leaves the grid."
            for title, at in places
            if at["x"] < 0 or at["x"] + at["w"] > GRID or at["h"] < 1
        ]
        found += [
            f"{file}: {one} lies on {other}."
            for (one, a), (other, b) in itertools.combinations(places, 2)
            if a["x"] < b["x"] + b["w"]
            and b["x"] < a["x"] + a["w"]
            and a["y"] < b["y"] + b["h"]
            and b["y"] < a["y"] + a["h"]
        ]
    return found


def panels_explain_themselves(sources: Sources) -> list[str]:
    """A title, a description, a unit that Grafana knows, and a name for each line."""
    found = []
    for where, panel in _shown(sources):
        if len(panel.get("description", "")) < 15:
            found.append(f"{where} has no description.")
        if panel["type"] == "logs":
            continue
        if panel["fieldConfig"]["defaults"].get("unit") not in _UNITS:
            found.append(f"{where} has no unit.")
        legends = [target["legendFormat"] for target in panel["targets"]]
        if not all(legends) or len(set(legends)) < len(legends):
            found.append(f"{where} has lines without names of their own.")
    return found


def legends_name_labels_that_are_there(sources: Sources) -> list[str]:
    """What stands in braces of a legend is a label that the expression keeps."""
    found = []
    for where, panel in _shown(sources):
        for target in panel["targets"]:
            kept = re.findall(r"\bby \(([^)]*)\)", target["expr"])
            labels = {label.strip() for group in kept for label in group.split(",")}
            asked = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            if kept and not asked <= labels:
                found.append(f"{where} is named by {sorted(asked - labels)}, which is not there.")
            if re.search(r"\b(?:sum|max|min|count)\(", target["expr"]) and not kept and asked:
                found.append(f"{where} is named by {sorted(asked)}, which is summed up.")
    return found


def thresholds_climb(sources: Sources) -> list[str]:
    """Steps of colours begin with the lowest and go up."""
    found = []
    for where, panel in _shown(sources):
        steps = panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", [])
        values = [step["value"] for step in steps]
        if values and (values[0] is not None or values[1:] != sorted(values[1:])):
            found.append(f"{where} has steps in no order.")
    return found


def sources_are_chosen_above(sources: Sources) -> list[str]:
    """No dashboard names a source of one installation; each asks the one that is chosen."""
    found = []
    for file, dashboard in sources.dashboards.items():
        offered = {
            f"${{{variable['name']}}}": variable["query"]
            for variable in dashboard["templating"]["list"]
            if variable["type"] == "datasource"
        }
        found += [
            f"{file}: {panel['title']} asks {one['datasource']['uid']}."
            for panel in panels(dashboard)
            for one in (panel, *panel["targets"])
            if offered.get(one["datasource"]["uid"]) != one["datasource"]["type"]
        ]
    return found


def variables_are_offered(sources: Sources) -> list[str]:
    """Variables of expressions are those above the dashboard, or Grafana's own; none is idle."""
    found = []
    for file, dashboard in sources.dashboards.items():
        offered = {one["name"] for one in dashboard["templating"]["list"]}
        texts = [t["expr"] for panel in panels(dashboard) for t in panel["targets"]]
        texts += [str(one.get("query", "")) for one in dashboard["templating"]["list"]]
        uids = {p["datasource"]["uid"].strip("${}") for p in panels(dashboard)}
        used = {name for text in texts for name in _VARIABLE.findall(text)} - _BUILT_IN
        found += [f"{file}: nobody offers ${name}." for name in sorted(used - offered)]
        found += [f"{file}: nobody uses ${name}." for name in sorted(offered - used - uids)]
        found += [
            f"{file}: no test has a value for ${name}."
            for name in sorted(used)
            if f"${name}" not in VARIABLES
        ]
    return found


def log_queries_hold_together(sources: Sources) -> list[str]:
    """LogQL as far as it can be looked at without Loki: selectors, labels, brackets, stages."""
    found = []
    for where, panel in _shown(sources):
        if is_of(panel, "loki"):
            for target in panel["targets"]:
                found += [f"{where}: {said}" for said in _problems(fill_in(target["expr"]))]
    return found


def _problems(expression: str) -> Iterator[str]:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|`[^`]*`', '""', expression)
    if '"' in bare.replace('""', ""):
        yield "a quote is not closed."
    for opening, closing in ("()", "{}", "[]"):
        if bare.count(opening) != bare.count(closing):
            yield f"{opening}{closing} are not even."
    selectors = re.findall(r"\{([^}]*)\}", bare)
    if not selectors:
        yield "it selects no stream."
    for selector in selectors:
        matchers = [one.strip() for one in selector.split(",")]
        labels = {re.split(r"=~|!~|!=|=", one)[0].strip() for one in matchers}
        if not labels <= LOG_LABELS:
            yield f"nobody labels lines with {sorted(labels - LOG_LABELS)}."
        if not any(re.match(r"\w+\s*=", one) for one in matchers):
            yield "it selects every stream."
    if re.search(r"\b(?:rate|count_over_time)\(", bare) and not re.search(r"\[\w+\]", bare):
        yield "it counts over no time."
    stages = re.findall(r"(?<!\|)\|\s*(\w+)", bare)
    fields = {name for name in stages if "_" in name}
    if fields and "json" not in stages:
        yield f"it asks for {sorted(fields)} of lines that were not parsed."


RULES: tuple[Rule, ...] = (
    names_are_unique,
    panels_do_not_overlap,
    panels_explain_themselves,
    legends_name_labels_that_are_there,
    thresholds_climb,
    sources_are_chosen_above,
    variables_are_offered,
    log_queries_hold_together,
)
