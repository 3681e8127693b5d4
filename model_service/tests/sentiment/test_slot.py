"""An engine is loaded once, in the background, and its state says how that went."""

from __future__ import annotations

import threading

import pytest

from model_service.errors import SentimentUnavailable
from model_service.sentiment.refusals import EngineAbsent
from model_service.sentiment.slot import EngineSlot, EngineState

SECONDS = 20.0


def test_nothing_is_loaded_before_it_is_asked_for(fake_engine) -> None:
    loads = []

    def load(_tell):
        loads.append(1)
        return fake_engine("lite")

    slot = EngineSlot("lite", load)
    assert slot.state == EngineState("lite", "absent", None, "It is loaded when it is asked for.")
    assert slot.engine is None
    for _ in range(3):
        slot.start()
    assert slot.wait(SECONDS) == EngineState("lite", "ready", "lite-fake-1", "It is loaded.")
    assert loads == [1]
    assert slot.engine is not None


def test_what_is_going_on_can_be_read_meanwhile(fake_engine) -> None:
    told, may_end = threading.Event(), threading.Event()

    def load(tell):
        tell("It is being fetched.")
        told.set()
        assert may_end.wait(SECONDS)
        return fake_engine("finbert")

    slot = EngineSlot("finbert", load)
    slot.start()
    assert told.wait(SECONDS)
    assert slot.state == EngineState("finbert", "loading", None, "It is being fetched.")
    assert slot.wait(0.0).state == "loading"
    may_end.set()
    assert slot.wait(SECONDS).state == "ready"


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (EngineAbsent("There is no key."), "absent", "There is no key."),
        (SentimentUnavailable("It is broken."), "failed", "It is broken."),
        (
            ModuleNotFoundError("No module named 'onnxruntime'", name="onnxruntime"),
            "absent",
            "The package onnxruntime is not installed.",
        ),
        (
            RuntimeError("secret"),
            "failed",
            "It could not be loaded; the log has the cause.",
        ),
    ],
)
def test_why_there_is_no_engine_is_said(error: Exception, state: str, reason: str) -> None:
    def load(_tell):
        raise error

    slot = EngineSlot("openai", load)
    slot.start()
    assert slot.wait(SECONDS) == EngineState("openai", state, None, reason)
    assert slot.engine is None


def test_it_is_tried_again_after_a_while_and_nobody_waits_for_that(fake_engine) -> None:
    asked_again, may_find = threading.Event(), threading.Event()
    loading = []
    outcomes = iter([EngineAbsent("Not there."), SentimentUnavailable("Broken."), None])

    def load(_tell):
        outcome = next(outcomes)
        if outcome is not None:
            raise outcome
        # Its name does not tell it from another test's, which may sleep for long.
        loading.append(threading.current_thread())
        asked_again.set()
        assert may_find.wait(SECONDS)
        return fake_engine("finbert")

    slot = EngineSlot("finbert", load, retry_seconds=0.01)
    slot.start()
    assert asked_again.wait(SECONDS)
    assert slot.wait(SECONDS).state == "failed"
    may_find.set()
    loading[0].join(SECONDS)
    assert slot.state.state == "ready"
    assert slot.engine is not None


def test_a_stopped_slot_wakes_who_waits_and_tries_no_more() -> None:
    begun, may_end = threading.Event(), threading.Event()
    loads = []

    def load(_tell):
        loads.append(threading.current_thread())
        begun.set()
        assert may_end.wait(SECONDS)
        raise EngineAbsent("Not there.")

    slot = EngineSlot("finbert", load, retry_seconds=0.001)
    slot.start()
    assert begun.wait(SECONDS)
    waiter = threading.Thread(target=slot.wait, args=(SECONDS,))
    waiter.start()
    slot.stop()
    waiter.join(SECONDS / 2)
    assert not waiter.is_alive()
    may_end.set()
    loads[0].join(SECONDS)
    assert not loads[0].is_alive()
    assert slot.state.state == "absent"
    slot.start()
    assert len(loads) == 1
