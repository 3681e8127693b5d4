"""The names of what the rules find in a text."""

from __future__ import annotations

from typing import Final

RULES_VERSION: Final = 1
"""To be raised with every change of what is signalled: weights fit one version alone."""

BUCKETS: Final = range(-4, 5)
"""Verdicts beyond them count as the outermost."""

SIGNALS: Final[tuple[str, ...]] = (
    *(
        f"{move}_{way}"
        for move in ("move", "raise", "state")
        for way in ("good", "bad", "neutral", "unbound_up", "unbound_down")
    ),
    *(f"{tone}_{way}" for tone in ("expected", "negated", "cause") for way in ("good", "bad")),
    "profit_good", "profit_bad", "staff_cut", "staff_more",
    "compared_good", "compared_bad", "compared_equal", "compared_up", "compared_down",
    "turn_good", "turn_bad", "loss_stated", "quantity_stated",
    "win_deal", "deal", "win", "good_word", "bad_word", "good_words", "bad_words",
    "negated_good_word", "negated_bad_word", "harm_ended", "ended",
    "fact", "facts", "modal", "number", "no_number",
    *(f"verdict_{bucket}" for bucket in BUCKETS),
    *(f"verdict_fact_{bucket}" for bucket in BUCKETS),
    *(f"verdict_no_fact_{bucket}" for bucket in BUCKETS),
    "first_good", "first_bad", "mixed", "no_evidence",
)  # fmt: skip
"""A signal's number is its place here."""

CODE: Final = {name: code for code, name in enumerate(SIGNALS)}
