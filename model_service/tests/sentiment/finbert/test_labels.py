"""Labels are those of the model's configuration, in its order."""

import pytest

from model_service.errors import SentimentUnavailable
from model_service.sentiment.finbert.labels import read_labels


def test_order_and_case_are_the_configurations() -> None:
    names = {"0": "Neutral", "1": "POSITIVE", "2": "negative"}
    assert read_labels(names, "m") == ("neutral", "positive", "negative")
    assert read_labels({2: "Neutral", 0: "positive ", 1: "Negative"}, "m") == (
        "positive",
        "negative",
        "neutral",
    )


@pytest.mark.parametrize(
    "names",
    [
        {},
        {0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"},
        {0: "positive", 1: "negative"},
        {0: "positive", 1: "negative", 2: "positive"},
        {0: "positive", 1: "negative", 2: "neutral", 3: "mixed"},
        {1: "positive", 2: "negative", 3: "neutral"},
    ],
)
def test_other_labels_are_refused_by_name(names: dict[int, str]) -> None:
    with pytest.raises(SentimentUnavailable) as refused:
        read_labels(names, "acme/model")
    assert "acme/model" in refused.value.detail
    assert all(repr(name) in refused.value.detail for name in names.values())
