"""What has to stop."""

from __future__ import annotations

import threading
import time

from model_service.experiments.queue.stop_list import StopList


def test_only_what_is_cancelled_stops() -> None:
    stops = StopList()
    stops.replace(["a"])
    assert (stops.is_stopped("a"), stops.is_stopped("b")) == (True, False)
    stops.replace([])
    assert not stops.is_stopped("a")


def test_everything_stops_when_the_worker_ends_and_who_waits_never_comes_back() -> None:
    stops = StopList()
    came_back = threading.Event()

    def wait() -> None:
        stops.wait(30.0)
        came_back.set()

    threading.Thread(target=wait, daemon=True).start()
    stops.close()
    assert stops.is_closing
    assert stops.is_stopped("anything")
    assert not came_back.wait(0.1)


def test_a_wait_ends_where_nothing_ends() -> None:
    began = time.monotonic()
    StopList().wait(0.01)
    StopList().wait_where_closing()
    assert time.monotonic() - began < 5.0
