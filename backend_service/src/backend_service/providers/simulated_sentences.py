"""Sentences about companies that do not exist: a small grammar for invented headlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

Mood = Literal["surge", "rise", "flat", "fall", "slump", "good", "bad", "plain"]
"""``surge`` to ``slump`` tell of the last session; ``good``, ``bad`` and ``plain`` of whatever
happens to companies on any day."""

COMPANIES: Final = {
    "SIM-CALM": "Calmwater Utilities",
    "SIM-TREND": "Trendal Robotics",
    "SIM-CHOP": "Chopwell Foods",
    "SIM-CRASH": "Crashaw Semiconductors",
    "SIM-MIXED": "Mixton Industries",
}

_SENTENCES: Final[dict[Mood, tuple[str, ...]]] = {
    "surge": (
        "{company} shares surge {move}% {trigger_good}",
        "{company} soars {move}% in its best session in weeks",
        "Buyers rush into {company}: stock jumps {move}% {trigger_good}",
        "{company} rallies {move}% to lead the market higher",
        "Short sellers caught out as {company} leaps {move}%",
    ),
    "rise": (
        "{company} gains {move}% {trigger_good}",
        "{company} edges up {move}% as {place} demand improves",
        "{company} stock climbs {move}%, analysts see room for more",
        "{company} closes {move}% higher {trigger_good}",
        "Steady buying lifts {company} by {move}%",
    ),
    "flat": (
        "{company} little changed ahead of {event}",
        "{company} ends the session flat in quiet trading",
        "{company} trades sideways as investors wait for {event}",
        "No clear direction for {company} before {event}",
        "{company} holds steady, traders eye {place} figures",
        "{company} moves by {move}% as {product} orders come in as expected",
        "Quiet day for {company} while the market waits for {place}",
    ),
    "fall": (
        "{company} slips {move}% {trigger_bad}",
        "{company} loses {move}% as costs in {place} rise",
        "{company} closes {move}% lower {trigger_bad}",
        "Sellers weigh on {company}, stock down {move}%",
        "{company} declines {move}% after a cautious broker note",
    ),
    "slump": (
        "{company} plunges {move}% {trigger_bad}",
        "{company} tumbles {move}% in its worst session in weeks",
        "Heavy selling hits {company}: stock sinks {move}% {trigger_bad}",
        "{company} slumps {move}% as investors flee",
        "Margin calls feared after {company} drops {move}%",
    ),
    "good": (
        "{company} wins {amount} million order from {place}",
        "{company} raises full-year profit forecast",
        "{company} quarterly profit rises to {amount} million, above estimates",
        "Broker upgrades {company} to buy on strong {product} sales",
        "{company} lifts dividend after record {product} revenue",
        "{company} signs long-term {product} supply deal in {place}",
    ),
    "bad": (
        "{company} recalls {device} after failures in {place}",
        "{company} cuts full-year profit forecast",
        "{company} quarterly loss widens to {amount} million, below estimates",
        "Broker downgrades {company} to sell on weak {product} sales",
        "{company} halts {product} plant in {place} after accident",
        "Regulator in {place} opens inquiry into {company}",
    ),
    "plain": (
        "{company} to present at {event}",
        "{company} names {person} head of {product}",
        "{company} schedules {event}",
        "{company} moves its {product} office to {place}",
        "{company} publishes agenda for {event}",
        "{company} opens {product} office with {amount} desks in {place}",
        "{person} to speak for {company} at {event}",
        "{company} completes previously announced share registration in {place}",
    ),
}
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "trigger_good": (
        "after upbeat {product} figures",
        "on stronger than expected orders",
        "as margins improve",
        "after a broker upgrade",
        "on hopes for {place}",
    ),
    "trigger_bad": (
        "after weak {product} figures",
        "on fears of falling orders",
        "as margins shrink",
        "after a broker downgrade",
        "on worries about {place}",
    ),
    "place": (
        "Northmark",
        "Eastvale",
        "Sundhavn",
        "Port Merrow",
        "Halden Bay",
        "Weststrand",
        "Carrow",
        "Upper Tessel",
        "Ostmere",
        "Lindholm",
        "Varna Cove",
        "Brackwater",
    ),
    "product": (
        "sensor",
        "turbine",
        "packaging",
        "battery",
        "software",
        "logistics",
        "cooling",
        "leasing",
        "coatings",
        "retail",
    ),
    "device": ("sensors", "turbines", "battery packs", "cooling units", "pumps", "controllers"),
    "event": (
        "the annual meeting",
        "an investor day in {place}",
        "quarterly results",
        "an industry conference in {place}",
    ),
    "person": ("Ada Lindqvist", "Tomas Okafor", "Mei Varga", "Jonas Petrov", "Leila Brandt"),
}
_REWORDINGS: Final = (
    ("shares", "stock"),
    ("session", "trading day"),
    (" after ", " following "),
    (" as ", " while "),
)


def write_headline(company: str, mood: Mood, move_percent: float, rng: np.random.Generator) -> str:
    """A sentence about `company`.

    Parameters
    ----------
    company : str
    mood : Mood
    move_percent : float
        Of the session that is written about; its sign lies in the mood.
    rng : Generator
        Chooses the words.
    """
    text = _choose(_SENTENCES[mood], rng)
    while "{" in text:
        slot = text[text.index("{") + 1 : text.index("}")]
        if slot == "company":
            word = company
        elif slot == "move":
            word = f"{abs(move_percent):.1f}"
        elif slot == "amount":
            word = str(rng.integers(12, 480))
        else:
            word = _choose(_WORDS[slot], rng)
        text = text.replace(f"{{{slot}}}", word, 1)
    return text


def reword(headline: str) -> str:
    """Nearly the same headline, as a second report of the same news has it."""
    for one, other in _REWORDINGS:
        if one in headline:
            return headline.replace(one, other, 1)
    return f"{headline} - update"


def _choose(texts: Sequence[str], rng: np.random.Generator) -> str:
    return texts[int(rng.integers(len(texts)))]
