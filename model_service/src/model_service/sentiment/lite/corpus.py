"""What the shipped classifier learns from: SEntFiN's headlines and sentences of our own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from model_service.sentiment.lite.sentfin import Headline
from model_service.sentiment.lite.training import Example

MIXED_WEIGHT: Final = 0.5
"""Of a headline where one label stands beside neutral alone."""


def headline_examples(headlines: Sequence[Headline]) -> list[Example]:
    """The headlines that may be trained on; those of the held-out fifth may not."""
    examples = []
    for headline in headlines:
        if headline.held_out:
            continue
        if headline.label is not None:
            examples.append(Example(headline.title, headline.label))
            continue
        told = {label for _, label in headline.entities} - {"neutral"}
        if len(told) == 1:
            examples.append(Example(headline.title, next(iter(told)), MIXED_WEIGHT))
    return examples
