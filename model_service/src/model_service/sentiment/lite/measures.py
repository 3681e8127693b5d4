"""How well labels are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_service.sentiment.engine import LABELS, Label


@dataclass(frozen=True)
class Figures:
    """How labels were told apart.

    Attributes
    ----------
    texts : int
    macro_f1, accuracy : float
        Rounded to four places.
    confusion : list of list of int
        Rows the true labels, columns the told ones, as in `LABELS`.
    """

    texts: int
    macro_f1: float
    accuracy: float
    confusion: list[list[int]]


def figures(truth: Sequence[Label], told: Sequence[Label]) -> Figures:
    """All figures of some labels."""
    return Figures(
        len(truth),
        round(macro_f1(truth, told), 4),
        round(accuracy(truth, told), 4),
        confusion(truth, told).tolist(),
    )


def confusion(truth: Sequence[Label], told: Sequence[Label]) -> NDArray[np.int64]:
    """Counts, shape (3, 3): rows the true labels, columns the told ones, as in `LABELS`."""
    table = np.zeros((len(LABELS), len(LABELS)), dtype=np.int64)
    for true, said in zip(truth, told, strict=True):
        table[LABELS.index(true), LABELS.index(said)] += 1
    return table


def macro_f1(truth: Sequence[Label], told: Sequence[Label]) -> float:
    """Mean over the labels of the harmonic mean of precision and recall; 0 for one never met."""
    table = confusion(truth, told)
    hits = np.diag(table)
    sizes = table.sum(axis=0) + table.sum(axis=1)
    return float(np.mean(np.where(sizes > 0, 2 * hits / np.maximum(sizes, 1), 0.0)))


def accuracy(truth: Sequence[Label], told: Sequence[Label]) -> float:
    """Share of the labels that are right."""
    return float(np.mean([true == said for true, said in zip(truth, told, strict=True)]))
