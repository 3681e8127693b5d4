"""Draw dashboards from a Prometheus, so that a person sees whether queries say what titles say.

``python -m scripts.dashboards.pictures --prometheus http://127.0.0.1:9090 --to FOLDER``. Not
Grafana: places, titles, names of lines, units and thresholds are those of the dashboard, drawn by
matplotlib (``pip install -c constraints.txt --group pictures``). Panels of Loki are left out.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.ticker import MaxNLocator

from scripts.dashboards.__main__ import DASHBOARDS, FOLDER, path_of

Panel = dict[str, Any]

_VARIABLES = {
    "$__rate_interval": "1m",
    "$job": "backend|model",
    "$namespace": "bellwether",
    "$pod": ".+",
}
_POINTS = 180
_QUERY_SECONDS = 30
_INCHES = 0.72
"""Of one field of Grafana's grid, across; half of it down."""

_COLOURS = {"green": "#3a9d5d", "yellow": "#d9a406", "red": "#cf3d3d"}


def main() -> None:
    """Draw the dashboards that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--prometheus", required=True, help="its address")
    parser.add_argument("--to", type=Path, required=True, help="folder of the pictures")
    parser.add_argument("--minutes", type=float, default=15, help="how far back")
    parser.add_argument("dashboards", nargs="*", help="their uids")
    given = parser.parse_args()
    draw_all(given.prometheus, given.to, given.minutes, given.dashboards)


def draw_all(prometheus: str, folder: Path, minutes: float, uids: list[str]) -> None:
    """One picture a dashboard, called like it."""
    mpl.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    with httpx.Client(base_url=prometheus, timeout=_QUERY_SECONDS) as client:
        for dashboard in DASHBOARDS:
            if not uids or dashboard.uid in uids:
                model = json.loads(path_of(dashboard, FOLDER).read_text(encoding="utf-8"))
                draw(model, client, folder / f"{dashboard.uid}.png", minutes * 60)


def draw(model: Panel, client: httpx.Client, path: Path, seconds: float) -> None:
    """The panels of a dashboard that ask Prometheus."""
    panels = [
        panel
        for panel in model["panels"]
        if panel["type"] == "row" or panel["datasource"]["type"] == "prometheus"
    ]
    height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    figure = plt.figure(figsize=(24 * _INCHES, height * _INCHES / 2), dpi=90)
    for panel in panels:
        at = panel["gridPos"]
        left, low = at["x"] / 24, 1 - (at["y"] + at["h"]) / height
        wide, high = at["w"] / 24, at["h"] / height
        if panel["type"] == "row":
            figure.text(left + 0.01, low + high / 3, panel["title"], weight="bold", size=13)
            continue
        inner = (left + 0.045, low + high * 0.3, wide - 0.06, high * 0.55)
        axes = figure.add_axes(inner)
        axes.set_title(panel["title"], size=9, loc="left")
        if panel["type"] == "stat":
            _draw_numbers(axes, panel, client)
        else:
            _draw_lines(axes, panel, client, seconds)
    figure.savefig(path)
    plt.close(figure)


def _draw_lines(axes: Any, panel: Panel, client: httpx.Client, seconds: float) -> None:
    now = time.time()
    window = {"start": now - seconds, "end": now, "step": max(5.0, seconds / _POINTS)}
    defaults = panel["fieldConfig"]["defaults"]
    dashed = {one["matcher"]["options"] for one in panel["fieldConfig"]["overrides"]}
    bottom: list[float] | None = None
    count = 0
    for target in panel["targets"]:
        for series in _ask(client, "query_range", {"query": _filled(target["expr"]), **window}):
            times = [(float(at) - now) / 60 for at, _ in series["values"]]
            values = [float(value) for _, value in series["values"]]
            name = _name(target["legendFormat"], series["metric"])
            count += 1
            if defaults["custom"]["stacking"]["mode"] == "normal":
                base = bottom if bottom and len(bottom) == len(values) else [0.0] * len(values)
                top = [low + value for low, value in zip(base, values, strict=True)]
                axes.fill_between(times, base, top, alpha=0.5, label=name)
                bottom = top
            else:
                style = "--" if target["refId"] in dashed else "-"
                axes.plot(times, values, style, linewidth=1, label=name)
    if not count:
        axes.text(0.5, 0.5, "no data", ha="center", va="center", transform=axes.transAxes)
    if defaults["custom"]["scaleDistribution"]["type"] == "log":
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    if "max" in defaults:
        axes.set_ylim(top=defaults["max"] * 1.02)
    top = axes.get_ylim()[1]
    for step in defaults["thresholds"]["steps"]:
        # Grafana draws what lies within the axis.
        if step["value"] is not None and step["value"] <= top:
            axes.axhline(step["value"], color=_COLOURS[step["color"]], linestyle=":", linewidth=1)
    axes.yaxis.set_major_formatter(lambda value, _: _UNITS[defaults["unit"]](value))
    axes.set_xlim(-seconds / 60, 0)
    # As many as have room for their words.
    axes.xaxis.set_major_locator(MaxNLocator(panel["gridPos"]["w"] // 2))
    axes.xaxis.set_major_formatter(lambda minutes, _: f"{minutes:.3g} min")
    axes.tick_params(labelsize=7)
    axes.grid(alpha=0.2)
    if count:
        columns = 1 if panel["gridPos"]["w"] < 8 else 3
        axes.legend(
            loc="upper left", bbox_to_anchor=(0, -0.14), ncols=columns, fontsize=6, frameon=False
        )


def _draw_numbers(axes: Any, panel: Panel, client: httpx.Client) -> None:
    axes.set_axis_off()
    defaults = panel["fieldConfig"]["defaults"]
    found = [
        (_name(target["legendFormat"], series["metric"]), float(series["value"][1]))
        for target in panel["targets"]
        for series in _ask(client, "query", {"query": _filled(target["expr"])})
    ]
    for number, (name, value) in enumerate(found):
        across = (number + 0.5) / len(found)
        shown, colour = _UNITS[defaults["unit"]](value), _colour(value, defaults)
        axes.text(across, 0.55, shown, ha="center", size=14, color=colour, weight="bold")
        axes.text(across, 0.1, name, ha="center", size=7)
    if not found:
        axes.text(0.5, 0.5, "no data", ha="center", va="center")


def _colour(value: float, defaults: Panel) -> str:
    reached = [
        step["color"]
        for step in defaults["thresholds"]["steps"]
        if step["value"] is None or value >= step["value"]
    ]
    return _COLOURS[reached[-1]]


def _ask(client: httpx.Client, what: str, parameters: Mapping[str, Any]) -> list[Any]:
    answer = client.post(f"/api/v1/{what}", data=dict(parameters))
    answer.raise_for_status()
    result: list[Any] = answer.json()["data"]["result"]
    return result


def _filled(expression: str) -> str:
    for name, value in _VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


def _name(template: str, labels: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda match: labels.get(match[1], ""), template)


def _bytes(value: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(value) < 1024:
            return f"{value:.3g} {unit}"
        value /= 1024
    return f"{value:.3g} TiB"


def _duration(value: float) -> str:
    if value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:.3g} s" if value < 120 else f"{value / 60:.3g} min"


_UNITS: Mapping[str, Callable[[float], str]] = {
    "none": lambda value: f"{value:.4g}",
    "short": lambda value: f"{value:.4g}",
    "reqps": lambda value: f"{value:.3g}/s",
    "ops": lambda value: f"{value:.3g}/s",
    "percentunit": lambda value: f"{value:.3g}" if value != value else f"{value * 100:.3g} %",
    "bytes": _bytes,
    "s": _duration,
}

if __name__ == "__main__":
    main()
