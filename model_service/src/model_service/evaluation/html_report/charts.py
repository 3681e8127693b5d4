"""The charts of the page: pure functions from numbers to inline SVG.

Positions are percentages, so that a chart fills its column and its letters keep their size on any
screen; paths are stretched by an inner SVG. Axis labels stand outside the plot, in the padding
that the style sheet gives. Colours come from the style sheet by class.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from model_service.evaluation.html_report import wording
from model_service.evaluation.html_report.paths import MAX_BUCKETS, band_path, line_path
from model_service.evaluation.html_report.scales import Scale, date_ticks, round_ticks, scale_over
from model_service.evaluation.html_report.svg import (
    at,
    ink,
    joined,
    labels_at_ends,
    labels_below,
    level_line,
    picture,
    value_labels,
)
from model_service.evaluation.html_report.wording import axis_money, axis_percent

Floats = NDArray[np.float64]

_SMALLEST_NAMED = 0.09
"""A segment narrower than this fraction of the plot is shaded without its name."""


_ROOM_FOR_NAMES = 0.08
"""So much of the height is kept above the lines for the names of segments."""


@dataclass(frozen=True)
class Line:
    """A column over time; `kind` is its class in the style sheet."""

    kind: str
    time: Floats
    values: Floats


@dataclass(frozen=True)
class Band:
    """The area between two columns over time."""

    time: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Shade:
    """A stretch of time with a name: train, validation, test or seen."""

    kind: str
    start: int
    end: int


def time_chart(
    lines: Sequence[Line],
    *,
    label: str,
    band: Band | None = None,
    shades: Sequence[Shade] = (),
    level: float | None = None,
    small: bool = False,
) -> Markup:
    """Draw lines of money over time.

    Parameters
    ----------
    lines : sequence of Line
        At least one, with at least one point; the last is drawn on top.
    label : str
        What the picture shows, for those who cannot see it.
    band : Band, optional
        Drawn behind the lines.
    shades : sequence of Shade
        Drawn behind everything, as far as they fall into the dates of the lines.
    level : float, optional
        Money to mark by a horizontal line, as the start.
    small : bool
        One of many: fewer labels, fewer points.
    """
    columns = [line.values for line in lines] + ([band.low, band.high] if band else [])
    extent = np.concatenate([*columns, [] if level is None else [level]])
    money = scale_over(float(extent.min()), float(extent.max()), margin=0.04)
    if shades:
        money = Scale(money.low, money.high + _ROOM_FOR_NAMES * (money.high - money.low))
    start, end = (
        int(edge(line.time[place] for line in lines)) for edge, place in ((min, 0), (max, -1))
    )
    dates = scale_over(start, end)
    buckets = MAX_BUCKETS // 4 if small else MAX_BUCKETS
    drawn = [
        Markup('<path class="line {}" d="{}"/>').format(
            line.kind,
            line_path(dates.shares(line.time), money.shares(line.values), buckets=buckets),
        )
        for line in lines
    ]
    if band:
        low, high = money.shares(band.low), money.shares(band.high)
        area = band_path(dates.shares(band.time), low, high, buckets=buckets)
        drawn.insert(0, Markup('<path class="band" d="{}"/>').format(area))
    ticks, step = round_ticks(money, 3 if small else 5)
    largest = max(abs(money.low), abs(money.high))
    fields, names = _shaded(shades, dates, start, end)
    return picture(
        label,
        fields,
        value_labels([(money.share(tick), axis_money(tick, step, largest)) for tick in ticks]),
        names,
        labels_at_ends(wording.date(start), wording.date(end))
        if small
        else labels_below([(dates.share(tick), text) for tick, text in date_ticks(start, end, 8)]),
        level_line(money.share(level)) if level is not None else "",
        ink(drawn),
    )


def cost_chart(
    bps: Floats, agent: Floats, held: Floats, *, break_even: float | None, label: str
) -> Markup:
    """Draw total returns (fractions, shape (n,)) at costs in bps, with the zero line.

    The break-even point is marked where it lies inside the costs drawn.
    """
    returns = np.concatenate([agent, held, [0.0]])
    share = scale_over(float(returns.min()), float(returns.max()), margin=0.08)
    cost = scale_over(float(bps.min()), float(bps.max()))
    ticks, step = round_ticks(share, 5)
    dots = [
        Markup('<circle class="dot {}" cx="{}" cy="{}" r="3.5"/>').format(
            kind, at(cost.share(x)), at(1.0 - share.share(y))
        )
        for kind, values in (("benchmark", held), ("agent", agent))
        for x, y in zip(bps, values, strict=True)
    ]
    return picture(
        label,
        value_labels([(share.share(tick), axis_percent(tick, step)) for tick in ticks]),
        labels_below([(cost.share(x), f"{x:g}") for x in bps], always=True),
        level_line(share.share(0.0)),
        ink(
            Markup('<path class="line {}" d="{}"/>').format(
                kind, line_path(cost.shares(bps), share.shares(values))
            )
            for kind, values in (("benchmark", held), ("agent", agent))
        ),
        *dots,
        _break_even(cost, break_even),
    )


def share_bar(shares: Sequence[tuple[str, float]], *, label: str) -> Markup:
    """Draw fractions that add up to 1 as one bar of named parts."""
    parts, left = [], 0.0
    for kind, share in shares:
        parts.append(
            Markup('<rect class="{}" x="{}" width="{}" height="100%"/>').format(
                kind, at(left), at(share)
            )
        )
        left += share
    return Markup('<svg class="share" role="img" aria-label="{}">{}</svg>').format(
        label, joined(parts)
    )


def _shaded(shades: Iterable[Shade], dates: Scale, start: int, end: int) -> tuple[Markup, Markup]:
    """Draw the fields of the segments, and apart from them their names."""
    fields, names = [], []
    for shade in shades:
        if shade.end < start or shade.start > end:
            continue
        left, right = dates.share(max(shade.start, start)), dates.share(min(shade.end, end))
        fields.append(
            Markup('<rect class="shade {}" x="{}" width="{}" height="100%"/>').format(
                shade.kind, at(left), at(right - left)
            )
        )
        if right - left >= _SMALLEST_NAMED:
            names.append(
                Markup(
                    '<svg x="{}" width="{}" height="22"><text class="name" x="6" y="15">{}</text>'
                    "</svg>"
                ).format(at(left), at(right - left), shade.kind)
            )
    return joined(fields), joined(names)


def _break_even(cost: Scale, bps: float | None) -> Markup:
    """Mark the break-even point; its name stands where the falling curve leaves room."""
    if bps is None or not cost.low <= bps <= cost.high:
        return Markup("")
    share = cost.share(bps)
    below = share > 0.4
    return Markup(
        '<line class="break-even" x1="{0}" x2="{0}" y1="0" y2="100%"/>'
        '<text class="name" x="{0}" dx="{1}" y="{2}" dy="{3}" text-anchor="{4}">'
        "break-even {5} bps</text>"
    ).format(
        at(share),
        -6 if below else 6,
        "100%" if below else "0",
        -8 if below else 14,
        "end" if below else "start",
        wording.decimal(bps, 1),
    )
