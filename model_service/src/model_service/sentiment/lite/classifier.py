"""A multinomial linear model over sparse features, in NumPy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Features:
    """Sparse features of some texts: text `rows[i]` has feature `columns[i]` with `values[i]`.

    Attributes
    ----------
    rows, columns : ndarray of int64, shape (entries,)
        Rows ascend.
    values : ndarray of float32, shape (entries,)
    texts : int
        Number of texts, also of those without a feature.
    """

    rows: Ints
    columns: Ints
    values: Floats
    texts: int


@dataclass(frozen=True)
class LinearModel:
    """Weights of the classes `LABELS`.

    Attributes
    ----------
    weights : ndarray of float32, shape (features, 3)
    bias : ndarray of float32, shape (3,)
    """

    weights: Floats
    bias: Floats

    def probabilities(self, features: Features) -> NDArray[np.float64]:
        """Probabilities of each text, shape (texts, 3); each row adds up to 1."""
        logits = np.empty((features.texts, self.bias.size))
        for label in range(self.bias.size):
            parts = self.weights[features.columns, label] * features.values
            logits[:, label] = np.bincount(features.rows, parts, features.texts)
        return softmax(logits + self.bias)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of logits, along the last axis."""
    exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float64] = exponents / exponents.sum(axis=-1, keepdims=True)
    return probabilities
