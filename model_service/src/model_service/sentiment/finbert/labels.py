"""Which output of a model is which label, as the model's own configuration says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from model_service.errors import SentimentUnavailable
from model_service.sentiment.engine import LABELS, Label


def read_labels(id2label: Mapping[object, object], source: str) -> tuple[Label, ...]:
    """The label of each output, in the order of the outputs.

    Parameters
    ----------
    id2label : mapping
        Positions (numbers, or numbers as text as JSON has them) to names in any case.
    source : str
        What the model is called in a refusal.

    Raises
    ------
    SentimentUnavailable
        If the labels are not positive, negative and neutral, each once.
    """
    found = {str(position): str(name).strip().lower() for position, name in id2label.items()}
    names = [found.get(str(position)) for position in range(len(LABELS))]
    if len(found) != len(LABELS) or set(names) != set(LABELS):
        shown = ", ".join(repr(str(name)) for name in list(id2label.values())[:10])
        raise SentimentUnavailable(
            f"The labels of {source} are {shown or 'none'}, and a sentiment model has "
            "positive, negative and neutral, each once."
        )
    return cast("tuple[Label, ...]", tuple(names))
