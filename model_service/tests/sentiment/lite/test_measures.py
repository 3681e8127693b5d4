"""Figures, worked out by hand."""

import pytest

from model_service.sentiment.lite.measures import confusion, figures, macro_f1

TRUTH = ["positive", "positive", "negative", "neutral"]
TOLD = ["positive", "neutral", "negative", "neutral"]


def test_confusion_has_truth_in_rows() -> None:
    assert confusion(TRUTH, TOLD).tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 1]]


def test_macro_f1_is_the_mean_over_labels() -> None:
    # positive 2·1/(2+1), negative 1, neutral 2·1/(1+2)
    assert macro_f1(TRUTH, TOLD) == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    assert figures(TRUTH, TOLD).accuracy == 0.75


def test_a_label_never_met_counts_as_zero() -> None:
    assert macro_f1(["positive"], ["positive"]) == pytest.approx(1 / 3)
