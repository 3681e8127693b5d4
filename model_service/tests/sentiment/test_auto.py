"""What is chosen, and the sentence that says why."""

from __future__ import annotations

import pytest

from model_service.errors import SentimentUnavailable
from model_service.sentiment.auto import choose
from model_service.sentiment.slot import EngineState

READY = EngineState("finbert", "ready", "1", "It is loaded.")
LOADING = EngineState("finbert", "loading", None, "FinBERT is being loaded.")
ABSENT = EngineState("finbert", "absent", None, "The weights are not on this machine.")
FAILED = EngineState("finbert", "failed", None, "torch is not installed.")


@pytest.mark.parametrize(
    ("wanted", "finbert", "engine", "reason"),
    [
        ("auto", READY, "finbert", "finbert: it is loaded."),
        ("auto", LOADING, "lite", "lite for now: FinBERT is being loaded."),
        ("auto", ABSENT, "lite", "lite: The weights are not on this machine."),
        ("auto", FAILED, "lite", "lite: torch is not installed."),
        ("finbert", READY, "finbert", "finbert: it was asked for."),
        ("finbert", LOADING, "lite", "lite for now: FinBERT is being loaded."),
        ("lite", READY, "lite", "lite: it was asked for."),
        ("openai", ABSENT, "openai", "openai: it was asked for."),
    ],
)
def test_finbert_where_it_can_else_lite(wanted, finbert, engine, reason) -> None:
    choice = choose(wanted, finbert, by_request=True)
    assert (choice.engine, choice.reason) == (engine, reason)


@pytest.mark.parametrize("finbert", [ABSENT, FAILED])
def test_finbert_itself_is_never_replaced_for_good(finbert) -> None:
    with pytest.raises(SentimentUnavailable) as refusal:
        choose("finbert", finbert, by_request=True)
    assert (refusal.value.detail, refusal.value.field) == (finbert.reason, "engine")
    with pytest.raises(SentimentUnavailable) as refusal:
        choose("finbert", finbert, by_request=False)
    assert refusal.value.field is None


def test_the_settings_are_named_where_they_choose() -> None:
    assert choose("lite", READY, by_request=False).reason == "lite: the settings say so."
