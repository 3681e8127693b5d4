"""The launcher with real processes: it restarts, it stops everything, it leaves nothing."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time

import psutil
import pytest

from scripts.stack.ports import is_free
from tests.stack.conftest import Launch, Launched

STOP_SECONDS = 15


def assert_all_gone(family: list[psutil.Process], launched: Launched) -> None:
    _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
    assert alive == []
    assert all(is_free(port) for port in launched.ports)


def test_announces_only_once_all_are_ready(launch: Launch) -> None:
    launched = launch("", "", "")

    launched.wait_for_line("all ready")

    for port in launched.ports:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_everything_children_included(launch: Launch, number: signal.Signals) -> None:
    launched = launch("", "", "stubborn" if number is signal.SIGINT else "")
    launched.wait_for_line("all ready")
    family = launched.family()
    assert len(family) >= 8  # launcher, supervisor, three keepers, three stand-ins

    started = time.monotonic()
    launched.process.send_signal(number)

    assert launched.process.wait(timeout=STOP_SECONDS) == 0
    assert time.monotonic() - started < STOP_SECONDS
    assert_all_gone(family, launched)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="read from /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_to_make_alone_stops_everything(launch: Launch, number: signal.Signals) -> None:
    launched = launch("", by_make=True)
    launched.wait_for_line("all ready")
    family = launched.family()

    launched.process.send_signal(number)

    assert launched.process.wait(timeout=STOP_SECONDS) == -number
    assert_all_gone(family, launched)


def test_killed_program_is_started_again(launch: Launch) -> None:
    launched = launch("", "", "")
    launched.wait_for_line("all ready")
    first = launched.program_pid(1)

    os.kill(first, signal.SIGKILL)

    assert "exit code -9" in launched.wait_for_line("stand-in 1 ended")
    launched.wait_for_line("stand-in 1 was started again")
    assert launched.program_pid(1) != first


def test_killed_supervisor_leaves_nothing(launch: Launch) -> None:
    launched = launch("", "", "stubborn")
    launched.wait_for_line("all ready")
    family = launched.family()

    launched.supervisor().kill()

    assert launched.process.wait(timeout=STOP_SECONDS) == 1
    launched.wait_for_line("The supervisor was killed")
    assert_all_gone(family, launched)


def test_killed_launcher_leaves_nothing(launch: Launch) -> None:
    launched = launch("", "stubborn", "")
    launched.wait_for_line("all ready")
    family = launched.family()

    launched.process.kill()

    assert_all_gone(family, launched)


def test_killed_launcher_and_supervisor_leave_nothing(launch: Launch) -> None:
    launched = launch("", "stubborn", "")
    launched.wait_for_line("all ready")
    family = launched.family()
    supervisor = launched.supervisor()

    launched.process.kill()
    supervisor.kill()

    assert_all_gone(family, launched)


def test_taken_port_is_named_with_its_variable_and_holder(launch: Launch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        launched = launch("", ports=[port])
        line = launched.wait_for_line(f"Port {port}")

    assert "STAND_IN_0_PORT=" in line
    assert f"process {os.getpid()}" in line
    assert launched.process.wait(timeout=STOP_SECONDS) == 1


def test_failing_program_shows_the_end_of_its_log(launch: Launch) -> None:
    launched = launch("", "crash", "")

    launched.wait_for_line("The stand-in 1 ended")
    launched.wait_for_line("the stand-in refuses to start")

    assert launched.process.wait(timeout=STOP_SECONDS) == 1


def test_program_that_is_not_ready_in_time_says_why(launch: Launch) -> None:
    launched = launch("", "unready")

    line = launched.wait_for_line("The stand-in 1 was not ready after 10 s")

    assert "there is no agent" in line
    assert launched.process.wait(timeout=STOP_SECONDS) == 1


def test_second_launcher_in_the_same_folder_is_refused(launch: Launch) -> None:
    first = launch("")
    first.wait_for_line("all ready")

    second = launch("")

    assert str(first.process.pid) in second.wait_for_line("already runs")
    assert second.process.wait(timeout=STOP_SECONDS) == 1
