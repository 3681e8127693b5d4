"""FinBERT comes from an export, from weights at hand or from the hub, or a reason is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from model_service.errors import SentimentUnavailable
from model_service.sentiment.finbert_loading import load_finbert
from model_service.sentiment.refusals import EngineAbsent

EXPORT = Path("export")


class FakeSource:
    name = "ProsusAI/finbert"

    def __init__(self, engine, *, exported=False, at_hand=False, obstacle=None, broken=None):
        self._engine = engine
        self._exported = exported
        self._at_hand = at_hand
        self._obstacle = obstacle
        self._broken = broken
        self.calls: list[str] = []

    def find_export(self):
        self.calls.append("find")
        return EXPORT if self._exported else None

    def weights_at_hand(self):
        self.calls.append("look")
        return self._at_hand

    def reach_hub(self, timeout_seconds):
        self.calls.append(f"reach {timeout_seconds:g}")
        return self._obstacle

    def export(self, tell):
        self.calls.append("export")
        tell("Comparing with torch")
        if self._broken:
            raise SentimentUnavailable(self._broken)
        return EXPORT

    def load(self, folder):
        assert folder == EXPORT
        self.calls.append("load")
        return self._engine


@pytest.fixture
def engine(fake_engine):
    return fake_engine("finbert")


def load(source, told, *, may_export=True):
    return load_finbert(source, told.append, may_export=may_export, clock=lambda: 0.0)


def test_an_export_at_hand_is_loaded_and_has_answered(engine) -> None:
    source, told = FakeSource(engine, exported=True), []
    assert load(source, told, may_export=False) is engine
    assert source.calls == ["find", "load"]
    assert told == ["FinBERT is being loaded."]
    assert len(engine.asked) == 1


def test_weights_at_hand_are_exported_without_asking_the_hub(engine) -> None:
    source, told = FakeSource(engine, at_hand=True), []
    assert load(source, told) is engine
    assert source.calls == ["find", "look", "export", "load"]
    assert "are being exported" in told[0]
    assert told[1:] == [
        "FinBERT is being exported: comparing with torch.",
        "FinBERT is being loaded.",
    ]


def test_weights_are_fetched_where_the_hub_can_be_reached(engine) -> None:
    source, told = FakeSource(engine), []
    assert load(source, told) is engine
    assert source.calls == ["find", "look", "reach 3", "export", "load"]
    assert "are being fetched and exported" in told[0]


def test_what_was_left_of_three_seconds_is_for_the_hub(engine) -> None:
    source = FakeSource(engine, obstacle="nobody answers.")
    times = iter([0.0, 1.25])
    with pytest.raises(EngineAbsent):
        load_finbert(source, print, may_export=True, clock=lambda: next(times))
    assert source.calls[-1] == "reach 1.75"


def test_without_weights_and_hub_the_reason_is_the_hubs(engine) -> None:
    source, told = FakeSource(engine, obstacle="huggingface.co cannot be reached (no route)."), []
    with pytest.raises(EngineAbsent) as refusal:
        load(source, told)
    assert refusal.value.detail == (
        "FinBERT's weights (ProsusAI/finbert) are not on this machine and cannot be fetched: "
        "huggingface.co cannot be reached (no route)."
    )
    assert told == []


def test_nothing_is_fetched_or_exported_where_that_is_not_allowed(engine) -> None:
    source = FakeSource(engine, at_hand=True)
    with pytest.raises(EngineAbsent, match="export-finbert"):
        load(source, [], may_export=False)
    assert source.calls == ["find"]


def test_a_broken_export_says_what_is_broken(engine) -> None:
    source = FakeSource(engine, at_hand=True, broken="torch is not installed.")
    with pytest.raises(SentimentUnavailable, match="torch is not installed"):
        load(source, [])
