"""Which engine answers: FinBERT where it can, else lite, and always with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from model_service.errors import SentimentUnavailable
from model_service.sentiment.engine import EngineName
from model_service.sentiment.options import EngineChoice
from model_service.sentiment.slot import EngineState

WhileLoading = Literal["lite", "wait"]
"""Who answers while FinBERT is being loaded."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine, and in one sentence why it is this one."""

    engine: EngineName
    reason: str


def choose(wanted: EngineChoice, finbert: EngineState, *, by_request: bool) -> Choice:
    """The engine that answers now.

    Parameters
    ----------
    wanted : EngineChoice
    finbert : EngineState
        As it stands; lite stands in while it is being loaded.
    by_request : bool
        Whether the request asks for `wanted`, and not the settings.

    Raises
    ------
    SentimentUnavailable
        If FinBERT itself is wanted and there is none.
    """
    if wanted in ("lite", "openai"):
        return Choice(wanted, f"{wanted}: {_who(by_request)}.")
    if finbert.state == "ready":
        why = "it is loaded" if wanted == "auto" else _who(by_request)
        return Choice("finbert", f"finbert: {why}.")
    if finbert.state == "loading":
        return Choice("lite", f"lite for now: {finbert.reason}")
    if wanted == "auto":
        return Choice("lite", f"lite: {finbert.reason}")
    raise SentimentUnavailable(finbert.reason, field="engine" if by_request else None)


def _who(by_request: bool) -> str:
    return "it was asked for" if by_request else "the settings say so"
