"""What the shipped classifier learns from: SEntFiN's headlines and sentences of our own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from model_service.sentiment.engine import Label
from model_service.sentiment.lite.grammar import Grammar, restyle
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


GENERATED_WEIGHT: Final = 0.2
"""Of a generated sentence: they are easier and more alike than headlines."""

GENERATED: Final[dict[Label, int]] = {"positive": 7_000, "negative": 5_600, "neutral": 10_000}
"""Sentences of each label that are made."""


def generated_examples(
    grammar: Grammar, seed: int, weight: float = GENERATED_WEIGHT
) -> list[Example]:
    """Sentences of the grammar, each as one of the ways in which it may be written."""
    source = random.Random(seed)  # noqa: S311
    return [
        Example(restyle(grammar.sentence(label, source), source), label, weight)
        for label, count in GENERATED.items()
        for _ in range(count)
    ]
