"""From nothing to a FinBERT that answers: an export at hand, or weights to export, or a reason."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from model_service.sentiment.engine import SentimentEngine
from model_service.sentiment.refusals import EngineAbsent
from model_service.sentiment.slot import Tell

DECIDE_SECONDS: Final = 3.0
"""Longest time to find out whether there can be a FinBERT here."""

_LEAST_REACH_SECONDS = 0.5
_WARM_UP = "Profit rose."


class FinbertSource(Protocol):
    """Where FinBERT comes from."""

    @property
    def name(self) -> str:
        """What a person calls it: a name on the hub or a folder."""
        ...

    def find_export(self) -> Path | None:
        """A verified export that can be loaded."""
        ...

    def weights_at_hand(self) -> bool:
        """Whether the weights are on this machine."""
        ...

    def reach_hub(self, timeout_seconds: float) -> str | None:
        """None where the weights can be fetched, else why not, in one sentence."""
        ...

    def export(self, tell: Tell) -> Path:
        """Fetch where needed, and export; minutes, in a process of its own."""
        ...

    def load(self, folder: Path) -> SentimentEngine:
        """The engine of an export."""
        ...


@dataclass(frozen=True, slots=True)
class InstalledFinbert:
    """The real source.

    Attributes
    ----------
    model : str
        A name on huggingface.co or a local folder.
    export_dir : Path
        Where exports are kept.
    threads : int
        Threads that one inference may use.
    export_seconds : float
        Longest time that fetching and exporting may take.
    """

    model: str
    export_dir: Path
    threads: int
    export_seconds: float

    # All of it is imported when it is needed: none of it is light.

    @property
    def name(self) -> str:
        from model_service.sentiment.finbert.exported import model_name

        return model_name(self.model)

    def find_export(self) -> Path | None:
        from model_service.sentiment.finbert.weights import find_export

        return find_export(self.export_dir, self.model)

    def weights_at_hand(self) -> bool:
        from model_service.sentiment.finbert.weights import weights_at_hand

        return weights_at_hand(self.model)

    def reach_hub(self, timeout_seconds: float) -> str | None:
        from model_service.sentiment.finbert.weights import reach_hub

        return reach_hub(self.model, timeout_seconds)

    def export(self, tell: Tell) -> Path:
        from model_service.sentiment.finbert.export import export_in_child

        return export_in_child(
            self.model, self.export_dir, timeout_seconds=self.export_seconds, tell=tell
        )

    def load(self, folder: Path) -> SentimentEngine:
        from model_service.sentiment.finbert.engine import FinbertEngine

        return FinbertEngine.load(folder, threads=self.threads)


def load_finbert(
    source: FinbertSource,
    tell: Tell,
    *,
    may_export: bool,
    clock: Callable[[], float] = time.monotonic,
) -> SentimentEngine:
    """A FinBERT that has answered once.

    Parameters
    ----------
    source : FinbertSource
    tell : callable
        Takes a sentence about what goes on, once it is known that there will be an engine.
    may_export : bool
        Whether weights may be fetched and exported; else only an export at hand is loaded.
    clock : callable
        Seconds that only grow.

    Raises
    ------
    EngineAbsent
        If there is no export, and none may or can be made.
    SentimentUnavailable
        If exporting or loading failed.
    """
    started = clock()
    folder = source.find_export()
    if folder is None:
        if not may_export:
            raise EngineAbsent(
                f"FinBERT ({source.name}) is not exported on this machine; "
                "`bellwether sentiment export-finbert` does it."
            )
        if not source.weights_at_hand():
            left = max(_LEAST_REACH_SECONDS, DECIDE_SECONDS - (clock() - started))
            obstacle = source.reach_hub(left)
            if obstacle is not None:
                raise EngineAbsent(
                    f"FinBERT's weights ({source.name}) are not on this machine and cannot be "
                    f"fetched: {obstacle.rstrip('.')}."
                )
            tell(f"FinBERT's weights ({source.name}) are being fetched and exported.")
        else:
            tell(f"FinBERT's weights ({source.name}) are being exported.")
        folder = source.export(lambda step: tell(_exporting(step)))
    tell("FinBERT is being loaded.")
    engine = source.load(folder)
    # The first inference allocates what all others use.
    engine.score([_WARM_UP])
    return engine


def _exporting(step: str) -> str:
    return f"FinBERT is being exported: {step[:1].lower()}{step[1:].rstrip('.')}."
