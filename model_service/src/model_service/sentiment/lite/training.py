"""Training: the vocabulary, the features that are kept, and their weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from model_service.sentiment.engine import LABELS, Label
from model_service.sentiment.lite.classifier import Features, LinearModel, softmax
from model_service.sentiment.lite.descent import minimise
from model_service.sentiment.lite.features import (
    CLASS_RUN,
    SIGNAL,
    WORD_RUN,
    FeatureSpace,
    kind_of,
)
from model_service.sentiment.lite.lexicon import Lexicon
from model_service.sentiment.lite.vocabulary import Vocabulary
from model_service.sentiment.lite.weights import TrainedModel
from model_service.sentiment.lite.words import split_words


@dataclass(frozen=True)
class Example:
    """A text with its label and how much it weighs."""

    text: str
    label: Label
    weight: float = 1.0


@dataclass(frozen=True)
class TrainingConfig:
    """How the weights are found.

    Attributes
    ----------
    fewest_texts_word, fewest_texts_run : int
        Texts that a word, or a run of words or classes, is in before it is known.
    penalty : float
        Of the squared weights, for all examples of weight 1 together.
    word_scale, class_scale, signal_scale : float
        A kind of feature with a larger scale is held back less.
    iterations : int
        At most so many steps of L-BFGS.
    """

    fewest_texts_word: int = 2
    fewest_texts_run: int = 2
    penalty: float = 2.0
    word_scale: float = 3.0
    class_scale: float = 2.0
    signal_scale: float = 1.0
    iterations: int = 150


SETTLED: Final = 1e-4
"""The descent stops where no slope is larger."""


def train(examples: Sequence[Example], lexicon: Lexicon, config: TrainingConfig) -> TrainedModel:
    """Fit the classifier; the same examples in the same order give the same weights."""
    texts = [example.text for example in examples]
    vocabulary = Vocabulary(lexicon, _frequent_words(texts, lexicon, config.fewest_texts_word))
    found = FeatureSpace(vocabulary, np.zeros(0, dtype=np.int64)).keys(texts)
    pairs = np.unique(np.stack([found.keys, found.rows]), axis=1)
    keys, counts = np.unique(pairs[0], return_counts=True)
    space = FeatureSpace(vocabulary, keys[counts >= config.fewest_texts_run])
    labels = np.array([LABELS.index(example.label) for example in examples])
    weights = np.array([example.weight for example in examples])
    model = fit(space.features(texts), labels, weights, column_scales(space, config), config)
    return TrainedModel(space, model)


def column_scales(space: FeatureSpace, config: TrainingConfig) -> NDArray[np.float64]:
    """The scale of each column, shape (features,)."""
    scales = {
        WORD_RUN: config.word_scale,
        CLASS_RUN: config.class_scale,
        SIGNAL: config.signal_scale,
    }
    kinds = kind_of(space.known)
    result = np.empty(kinds.size)
    for kind, scale in scales.items():
        result[kinds == kind] = scale
    return result


def fit(
    features: Features,
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
    scales: NDArray[np.float64],
    config: TrainingConfig,
) -> LinearModel:
    """Weights of least penalised cross-entropy."""
    matrix = csr_array(
        (features.values * scales[features.columns], (features.rows, features.columns)),
        shape=(features.texts, scales.size),
    )
    turned = matrix.T.tocsr()
    count = len(LABELS)
    truth = np.zeros((labels.size, count))
    truth[np.arange(labels.size), labels] = 1.0

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        table = flat.reshape(-1, count)
        probabilities = softmax(matrix @ table[:-1] + table[-1])
        likelihood = np.log(np.maximum(probabilities[np.arange(labels.size), labels], 1e-300))
        error = (probabilities - truth) * weights[:, None]
        slope = np.empty_like(table)
        slope[:-1] = turned @ error + config.penalty * table[:-1]
        slope[-1] = error.sum(axis=0)
        size = float((table[:-1] ** 2).sum())
        return float(-(likelihood * weights).sum()) + 0.5 * config.penalty * size, slope.ravel()

    start = np.zeros((scales.size + 1) * count)
    best = minimise(loss, start, iterations=config.iterations, settled=SETTLED)
    table = best.reshape(-1, count)
    return LinearModel(
        (table[:-1] * scales[:, None]).astype(np.float32), table[-1].astype(np.float32)
    )


def _frequent_words(texts: Sequence[str], lexicon: Lexicon, fewest: int) -> list[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({token for token in split_words(text) if token[0].isalpha()})
    return sorted(word for word, n in counts.items() if n >= fewest and word not in lexicon.words)
