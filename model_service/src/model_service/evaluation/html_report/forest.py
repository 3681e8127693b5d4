"""The forest plot: differences with their intervals beside a zero line that they share."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from model_service.evaluation.html_report import wording
from model_service.evaluation.html_report.scales import Scale, round_ticks, scale_over
from model_service.evaluation.html_report.svg import at, joined


def forest_scale(edges: Sequence[float]) -> Scale:
    """Make the axis that all rows of a forest plot share; zero always lies inside."""
    return scale_over(min(0.0, *edges), max(0.0, *edges), margin=0.06)


def forest_row(scale: Scale, point: float, low: float, high: float, *, label: str) -> Markup:
    """Draw one difference with its interval beside the zero line."""
    left, right, middle = (at(scale.share(value)) for value in (low, high, point))
    return Markup(
        '<svg class="forest" role="img" aria-label="{label}">'
        '<line class="zero" x1="{zero}" x2="{zero}" y1="0" y2="100%"/>'
        '<line class="whisker" x1="{left}" x2="{right}" y1="50%" y2="50%"/>'
        '<svg x="{left}" y="50%" class="cap"><path d="M0,-5V5"/></svg>'
        '<svg x="{right}" y="50%" class="cap"><path d="M0,-5V5"/></svg>'
        '<circle class="point" cx="{middle}" cy="50%" r="5"/></svg>'
    ).format(label=label, zero=at(scale.share(0.0)), left=left, right=right, middle=middle)


def forest_axis(scale: Scale) -> Markup:
    """Draw the labels under a forest plot."""
    ticks, step = round_ticks(scale, 4)
    digits = max(wording.decimals_of(step), 1)
    texts = [
        Markup('<text x="{}" y="14" text-anchor="middle">{}</text>').format(
            at(scale.share(tick)), wording.signed(tick, digits)
        )
        for tick in ticks
    ]
    return Markup('<svg class="forest axis" aria-hidden="true">{}</svg>').format(joined(texts))
