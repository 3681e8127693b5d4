"""Units in real child processes: used again, stopped in time, and missed when they die."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from model_service.experiments.compute.child_processes import ChildProcesses
from model_service.experiments.compute.executor import UnitDied, UnitStopped
from model_service.experiments.compute.messages import (
    Advanced,
    Alive,
    Finished,
    Message,
    Noted,
    Refused,
)
from model_service.experiments.compute.orders import UnitOrder

MakeOrder = Callable[..., UnitOrder]
ENDLESS = 100_000_000
"""Steps."""


@pytest.fixture(scope="module")
def executor() -> Iterator[ChildProcesses]:
    """One for all tests: a child takes seconds to start."""
    made = ChildProcesses(1, silence_seconds=60.0)
    yield made
    made.close()
    assert children() == []


def children() -> list[int]:
    """Of this process, those that make units."""
    found = []
    for process in psutil.Process().children():
        try:
            if "model_service.experiments.compute.child" in process.cmdline():
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def run(executor: ChildProcesses, order: UnitOrder) -> list[Message]:
    """What it tells, without the signs of life between."""
    return [one for one in executor.run(order, lambda: False) if not isinstance(one, Alive)]


def lines_of_children(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [
        json.loads(record.getMessage())
        for record in caplog.records
        if record.name == "model_service.relayed"
    ]


def until_it_trains(messages: Iterator[Message]) -> None:
    for message in messages:
        if isinstance(message, Advanced):
            return
    raise AssertionError("it ended before it trained")


def test_a_child_that_was_given_back_is_used_again(
    executor: ChildProcesses, make_order: MakeOrder, caplog: pytest.LogCaptureFixture
) -> None:
    said = {"http.request.id": "mine", "trace.id": "a" * 32}
    first = run(executor, make_order(log_fields=said))
    # What it logs is written by this process, and says what it is about.
    (line,) = lines_of_children(caplog)
    assert (line["message"], line["service"]["name"]) == ("making a unit", "worker")
    assert (line["http"]["request"]["id"], line["trace"]["id"]) == ("mine", "a" * 32)
    assert line["bellwether"].items() >= {"experiment_id": "train-1", "unit": 0}.items()
    used = children()
    assert len(used) == 1
    assert isinstance(first[0], Noted)
    assert isinstance(first[-1], Finished)
    # Also after a unit that it refused.
    refused = run(executor, make_order(fold=99, task="fold"))
    assert isinstance(refused[-1], Refused)
    again = run(executor, make_order())
    assert again[-1] == first[-1]
    assert children() == used
    # One that dies while it is idle is not handed an order: the next test has a new one.
    os.kill(used[0], signal.SIGKILL)
    deadline = time.monotonic() + 20.0
    while executor._idle[0].is_alive():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_unit_that_is_stopped_is_dead_in_two_seconds(
    executor: ChildProcesses, make_order: MakeOrder
) -> None:
    stopped = False
    messages = executor.run(make_order(steps=ENDLESS), lambda: stopped)
    until_it_trains(messages)
    (child,) = children()
    stopped = True
    began = time.monotonic()
    with pytest.raises(UnitStopped):
        list(messages)
    assert time.monotonic() - began < 2.0
    assert not psutil.pid_exists(child)
    assert children() == []


def test_a_child_that_is_killed_is_missed_at_once(
    executor: ChildProcesses, make_order: MakeOrder, caplog: pytest.LogCaptureFixture
) -> None:
    messages = executor.run(make_order(steps=ENDLESS), lambda: False)
    until_it_trains(messages)
    assert [line["message"] for line in lines_of_children(caplog)] == ["making a unit"]
    (child,) = children()
    os.kill(child, signal.SIGKILL)
    began = time.monotonic()
    with pytest.raises(UnitDied, match="killed by SIGKILL"):
        list(messages)
    assert time.monotonic() - began < 5.0
    assert children() == []


def test_after_the_end_nothing_is_begun() -> None:
    ended = ChildProcesses(1, silence_seconds=60.0)
    ended.close()
    with pytest.raises(UnitStopped):
        run(ended, None)  # type: ignore[arg-type]
    assert children() == []
