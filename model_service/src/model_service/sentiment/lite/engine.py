"""The `lite` engine: scores texts at once, on any machine, with what ships."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from model_service.sentiment.engine import EngineName, Score
from model_service.sentiment.lite.weights import TrainedModel, read_model

SHIPPED_LITE_DIR: Final = Path(__file__).parents[2] / "shipped_sentiment" / "lite"

_BATCH: Final = 4_096
"""Texts whose features are in memory at one time."""


class LiteEngine:
    """Scores texts by the shipped classifier. Holds no state, so threads may share one.

    Parameters
    ----------
    trained : TrainedModel
    version : str
        Names the weights.
    """

    def __init__(self, trained: TrainedModel, version: str) -> None:
        self._trained = trained
        self._version = version

    @classmethod
    def load(cls, folder: Path = SHIPPED_LITE_DIR) -> LiteEngine:
        """The engine of a folder that ``bellwether sentiment train-lite`` wrote.

        Raises
        ------
        SentimentUnavailable
            Where a file is missing or does not match its hash.
        """
        return cls(*read_model(folder))

    @property
    def name(self) -> EngineName:
        """Which of the engines this is."""
        return "lite"

    @property
    def version(self) -> str:
        """Of the weights, by the hash of their manifest."""
        return self._version

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score for each text, in order; never raises, whatever the texts are."""
        scores: list[Score] = []
        space, model = self._trained.space, self._trained.model
        for begin in range(0, len(texts), _BATCH):
            features = space.features(texts[begin : begin + _BATCH])
            rows = model.probabilities(features).tolist()
            scores += [Score(*row) for row in rows]
        return scores
