"""The charts of one report: which columns of it are drawn, and what the legend says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from model_service.evaluation.html_report import charts, forest, wording
from model_service.evaluation.html_report.charts import Band, Line, Shade

Report = Mapping[str, Any]
Floats = NDArray[np.float64]

SHADES = ("train", "seen", "validation", "test")
"""In the order in which they are drawn: where windows roll, the test lies on top."""

_OTHER_BASELINES = ("sell_and_hold", "trend_following", "mean_reversion", "random")


@dataclass(frozen=True)
class LegendEntry:
    """A line of a chart: its class, its name, and where it ended, in money."""

    kind: str
    name: str
    final: str


@dataclass(frozen=True)
class Figure:
    """A chart with its caption and legend."""

    caption: str
    chart: Markup
    legend: Sequence[LegendEntry] = ()
    shades: Sequence[str] = ()


def seed_words(report: Report) -> tuple[str, str]:
    """Name one and several of what the fan is over."""
    if report["protocol"] == "agent":
        return "member network", "member networks"
    return "seed", "seeds"


def seed_count(report: Report) -> int:
    """Seeds (protocol agent: member networks) that were evaluated; 0 without an agent."""
    significance = report["significance"]
    return 0 if significance is None else int(significance["seeds"]["seeds"])


def fan(report: Report, curve: Mapping[str, Any], *, small: bool = False) -> Figure:
    """Draw the net worth of a curve: the fan over seeds against buy and hold.

    Without an agent the five baselines are drawn; with a single seed its one line.
    """
    time = _column(curve["time"])
    one, many = seed_words(report)
    count = seed_count(report)
    told = [("benchmark", "Buy and hold", curve["buy_and_hold"])]
    band = None
    single = curve["agent"] is not None
    if curve["median"] is None:
        told += [(name, wording.BASELINES[name], curve[name]) for name in _OTHER_BASELINES]
        told.reverse()
    elif count == 1:
        told.append(("agent", "Agent" if single else f"Agent, one {one}", curve["median"]))
    else:
        median = "Median" if small else f"Median of {count} {many}"
        middle = "median alone" if single else "median"
        told += [("worst", f"Worst {one}", curve["worst"]), (middle, median, curve["median"])]
        band = Band(time, _column(curve["low"]), _column(curve["high"]))
    if single and count > 1:
        told.append(("together", "The agent, all together", curve["agent"]))
    lines = [Line(kind, time, _column(values)) for kind, _, values in told]
    shades = _shades(report)
    name = curve["symbol"] or "Mean over the symbols"
    legend = [
        LegendEntry(kind, name_of, wording.money(float(_column(values)[-1])))
        for kind, name_of, values in reversed(told)
    ]
    first, last = wording.date(int(time[0])), wording.date(int(time[-1]))
    label = f"Net worth from {first} to {last}, {name}. At the end: " + "; ".join(
        f"{entry.name} {entry.final}" for entry in legend
    )
    chart = charts.time_chart(
        lines,
        label=label,
        band=band,
        shades=() if small else shades,
        level=float(report["passport"]["cash"]),
        small=small,
    )
    if band:
        legend.insert(len(legend) - 2, LegendEntry("band", f"10–90 % of the {many}", _ends(band)))
    return Figure(name, chart, legend, [] if small else _inside(shades, time[0], time[-1]))


def prices(report: Report, curve: Mapping[str, Any]) -> Figure | None:
    """Draw the closes of a symbol, before and in the test; None where there are none."""
    if curve["close"] is None:
        return None
    time, close = _column(curve["time"]), _column(curve["close"])
    if curve["history"] is not None:
        time = np.concatenate([_column(curve["history"]["time"]), time])
        close = np.concatenate([_column(curve["history"]["close"]), close])
    shades = _shades(report)
    chart = charts.time_chart(
        [Line("price", time, close)], label=f"Closes of {curve['symbol']}", shades=shades
    )
    return Figure(f"Close of {curve['symbol']}", chart, shades=_inside(shades, time[0], time[-1]))


def cost_figures(stress: Mapping[str, Any]) -> list[Figure]:
    """Draw the total return at each commission and at each slippage."""
    figures = []
    for kind in ("commission", "slippage"):
        points = stress[kind]
        even = stress["break_even_commission_bps"] if kind == "commission" else None
        chart = charts.cost_chart(
            _column([point["bps"] for point in points]),
            _column([point["total_return_fraction"] for point in points]),
            _column([point["buy_and_hold_total_return_fraction"] for point in points]),
            break_even=even,
            label=f"Total return of the agent and of buy and hold by {kind}, as in the table",
        )
        figures.append(Figure(f"Total return by {kind}, bps a side", chart))
    return figures


def forest_plot(
    paired: Sequence[tuple[str, Mapping[str, Any]]],
) -> tuple[list[dict[str, Any]], Markup]:
    """Draw paired differences: a row for each name with its difference, and the axis below them."""
    scale = forest.forest_scale([edge for _, pair in paired for edge in pair["interval"]])
    rows = []
    for name, pair in paired:
        low, high = pair["interval"]
        figures = f"{wording.signed(pair['mean_difference'])}, {wording.interval(low, high)}"
        chart = forest.forest_row(
            scale, pair["mean_difference"], low, high, label=f"Against {name}: {figures}"
        )
        rows.append({"name": name, "pair": pair, "chart": chart, "apart": low > 0.0 or high < 0.0})
    return rows, forest.forest_axis(scale)


def _shades(report: Report) -> list[Shade]:
    segments = sorted(report["segments"], key=lambda segment: SHADES.index(segment["kind"]))
    return [Shade(segment["kind"], segment["start"], segment["end"]) for segment in segments]


def _inside(shades: Sequence[Shade], start: float, end: float) -> list[str]:
    kinds = {shade.kind for shade in shades if shade.start <= end and shade.end >= start}
    return [kind for kind in SHADES if kind in kinds]


def _ends(band: Band) -> str:
    return f"{wording.money(float(band.low[-1]))} to {wording.money(float(band.high[-1]))}"


def _column(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float64)
