"""Whoever makes messages slowly is heard to live all the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from model_service.experiments.compute.messages import Alive, Message, Noted
from model_service.experiments.compute.signs_of_life import with_signs_of_life


def test_messages_are_passed_on_in_order() -> None:
    made = [Noted(str(number)) for number in range(500)]
    assert list(with_signs_of_life(lambda: iter(made), seconds=10.0)) == made


def test_a_silence_is_filled() -> None:
    go_on = threading.Event()

    def make() -> Iterator[Message]:
        assert go_on.wait(10.0)
        yield Noted("at last")

    heard = with_signs_of_life(make, seconds=0.01)
    assert [next(heard), next(heard)] == [Alive(), Alive()]
    go_on.set()
    assert [one for one in heard if one != Alive()] == [Noted("at last")]


def test_an_error_is_raised_after_what_was_said_before_it() -> None:
    def make() -> Iterator[Message]:
        yield Noted("before")
        raise RuntimeError("no TensorFlow")

    heard = with_signs_of_life(make, seconds=10.0)
    assert next(heard) == Noted("before")
    with pytest.raises(RuntimeError, match="no TensorFlow"):
        next(heard)


def test_nobody_goes_on_making_what_nobody_hears() -> None:
    ended = threading.Event()

    def make() -> Iterator[Message]:
        try:
            while True:
                yield Noted("again")
        finally:
            ended.set()

    heard = with_signs_of_life(make, seconds=0.01)
    next(heard)
    heard.close()  # type: ignore[attr-defined]
    assert ended.wait(10.0)
