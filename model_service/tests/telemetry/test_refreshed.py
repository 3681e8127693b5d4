"""A value that is asked for often and found out seldom."""

from __future__ import annotations

import threading
import time

from model_service.telemetry.refreshed import Refreshed


def test_a_fresh_answer_is_given_again() -> None:
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        return len(asked)

    kept = Refreshed(ask, fresh_seconds=60.0, wait_seconds=5.0)
    assert [kept.get(), kept.get()] == [1, 1]
    old = Refreshed(ask, fresh_seconds=0.0, wait_seconds=5.0)
    assert [old.get(), old.get()] == [2, 3]


def test_one_that_hangs_is_asked_once_and_waited_for_briefly() -> None:
    may_answer, asked = threading.Event(), []

    def ask() -> str:
        asked.append(1)
        assert may_answer.wait(20)
        return "late"

    slow = Refreshed(ask, fresh_seconds=60.0, wait_seconds=0.02)
    began = time.monotonic()
    assert [slow.get() for _ in range(5)] == [None] * 5
    assert time.monotonic() - began < 1.0
    assert len(asked) == 1
    may_answer.set()
    deadline = time.monotonic() + 20
    while slow.get() is None:
        assert time.monotonic() < deadline
    assert slow.get() == "late"


def test_a_question_that_fails_has_no_answer_and_is_asked_again() -> None:
    answers = iter([1, ValueError("broken"), 2])

    def ask() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    moody = Refreshed(ask, fresh_seconds=0.0, wait_seconds=5.0)
    assert [moody.get(), moody.get(), moody.get()] == [1, None, 2]
