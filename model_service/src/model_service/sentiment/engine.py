"""What every sentiment engine answers, and nothing of how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

Label = Literal["positive", "negative", "neutral"]
EngineName = Literal["finbert", "openai", "lite"]

LABELS: Final[tuple[Label, ...]] = ("positive", "negative", "neutral")
"""The order in which probabilities are written everywhere."""


@dataclass(frozen=True, slots=True)
class Score:
    """The sentiment of one text.

    Attributes
    ----------
    positive, negative, neutral : float
        Probabilities that add up to 1.
    """

    positive: float
    negative: float
    neutral: float

    @property
    def label(self) -> Label:
        """The most probable class; of equal ones the first of `LABELS`."""
        return max(LABELS, key=lambda label: float(getattr(self, label)))

    @property
    def score(self) -> float:
        """Positive less negative, in [-1, 1]."""
        return self.positive - self.negative


class SentimentEngine(Protocol):
    """Scores texts. Implementations are safe to call from several threads at once."""

    @property
    def name(self) -> EngineName:
        """Which of the engines this is."""
        ...

    @property
    def version(self) -> str:
        """What fixes its scores: the same text and version give the same score."""
        ...

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score for each text, in order.

        Parameters
        ----------
        texts : sequence of str
            Not blank, of any language and length.

        Raises
        ------
        SentimentUnavailable
            If the engine cannot answer; nothing is scored then.
        """
        ...
