"""Places for units: never more than there are, and more as soon as there are more."""

from __future__ import annotations

import threading
import time

from model_service.experiments.queue.slots import Slots


def test_nobody_gets_in_while_all_places_are_taken() -> None:
    slots = Slots(lambda: 1)
    inside, entered = threading.Event(), threading.Event()
    leave = threading.Event()

    def stay() -> None:
        with slots.one():
            inside.set()
            leave.wait(5)

    def follow() -> None:
        with slots.one():
            entered.set()

    first = threading.Thread(target=stay)
    second = threading.Thread(target=follow)
    first.start()
    assert inside.wait(5)
    second.start()
    assert not entered.wait(0.1)
    leave.set()
    assert entered.wait(5)
    first.join(5)
    second.join(5)


def test_a_place_that_was_left_by_an_error_is_free_again() -> None:
    slots = Slots(lambda: 1)
    for _ in range(2):
        try:
            with slots.one():
                raise ValueError
        except ValueError:
            pass


def test_more_places_are_noticed() -> None:
    count = 1
    slots = Slots(lambda: count)
    with slots.one():
        count = 2
        began = time.monotonic()
        with slots.one():
            assert time.monotonic() - began < 5
