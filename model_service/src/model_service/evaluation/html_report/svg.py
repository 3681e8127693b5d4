"""What the charts have in common: the picture, its labels, and the paths inside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from model_service.evaluation.html_report.paths import UNITS


def picture(label: str, *parts: Markup | str) -> Markup:
    """Join parts into one SVG that fills its box and says what it shows."""
    return Markup('<svg role="img" aria-label="{}">{}</svg>').format(label, joined(parts))


def ink(paths: Iterable[Markup]) -> Markup:
    """Stretch paths of the unit square over the whole plot."""
    return Markup(
        '<svg class="ink" width="100%" height="100%" viewBox="0 0 {0} {0}"'
        ' preserveAspectRatio="none">{1}</svg>'
    ).format(UNITS, joined(paths))


def value_labels(ticks: Iterable[tuple[float, str]]) -> Markup:
    """Label heights (fractions from the bottom) left of the plot, with a line across it."""
    return joined(
        Markup(
            '<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>'
            '<text x="-8" y="{0}" dy="4" text-anchor="end">{1}</text>'
        ).format(at(1.0 - share), text)
        for share, text in ticks
    )


def labels_below(ticks: Sequence[tuple[float, str]], *, always: bool = False) -> Markup:
    """Label places (fractions from the left) below the plot.

    Every second one has the class that the style sheet hides on narrow screens, unless `always`.
    """
    return joined(
        Markup('<text class="{2}" x="{0}" y="100%" dy="18" text-anchor="middle">{1}</text>').format(
            at(share), text, "fine" if place % 2 and not always else "coarse"
        )
        for place, (share, text) in enumerate(ticks)
    )


def labels_at_ends(first: str, last: str) -> Markup:
    """Label the two ends of the plot below it, inside its width."""
    return Markup(
        '<text x="0" y="100%" dy="18">{}</text>'
        '<text x="100%" y="100%" dy="18" text-anchor="end">{}</text>'
    ).format(first, last)


def level_line(share: float) -> Markup:
    """Mark one height across the plot."""
    return Markup('<line class="level" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(
        at(1.0 - share)
    )


def at(share: float) -> str:
    """Write a fraction of the plot as a position."""
    return f"{share * 100.0:.2f}%"


def joined(parts: Iterable[Markup | str]) -> Markup:
    """Join parts; a part that is plain text is escaped."""
    return Markup("").join(parts)
