"""Wait until every program is ready, and tell early when one cannot be."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence

from scripts.stack.programs import Layout, Program, read_events

POLL_SECONDS = 0.15
ATTEMPTS = 3
"""A program that has ended this often before all were ready is given up."""


class StartFailed(Exception):
    """The stack did not become ready; the message says which program, and shows its log."""


class StopRequested(Exception):
    """Somebody asked for a stop while the stack was starting."""


def wait_until_ready(
    programs: Sequence[Program],
    layout: Layout,
    *,
    timeout_seconds: float,
    pause: Callable[[float], bool],
    supervisor_is_alive: Callable[[], bool],
) -> None:
    """Return once every program answers 200 on its `ready_path`.

    Parameters
    ----------
    timeout_seconds : float
        For all programs together.
    pause : callable
        Sleeps that many seconds; true where a stop was asked for meanwhile.
    supervisor_is_alive : callable
        Whether somebody is still there to start the programs.

    Raises
    ------
    StartFailed, StopRequested
    """
    deadline = time.monotonic() + timeout_seconds
    waiting = list(programs)
    while waiting:
        waiting = [program for program in waiting if not is_ready(program)]
        if not waiting:
            return
        for program in waiting:
            _give_up_where_hopeless(program, layout)
        if not supervisor_is_alive():
            raise StartFailed("The supervisor ended." + _log_end("supervisord-output", layout))
        if time.monotonic() > deadline:
            slow = waiting[0]
            raise StartFailed(
                f"The {slow.title} was not ready after {timeout_seconds:.0f} s "
                f"({slow.url}{slow.ready_path}: {why_not_ready(slow)})."
                + _log_end(slow.name, layout)
            )
        if pause(POLL_SECONDS):
            raise StopRequested


def is_ready(program: Program) -> bool:
    """Whether `program` answers 200 on its `ready_path` within two seconds."""
    return why_not_ready(program) == ""


def why_not_ready(program: Program) -> str:
    """What keeps `program` from being ready, in its own words; empty where it is ready."""
    try:
        # The scheme and the host are fixed by `Program.url`.
        with urllib.request.urlopen(program.url + program.ready_path, timeout=2) as answer:  # noqa: S310
            return "" if answer.status == 200 else f"status {answer.status}"
    except urllib.error.HTTPError as error:
        with error:
            return _detail(error.read(4096)) or f"status {error.code}"
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        return f"no answer, {error}"


def _detail(body: bytes) -> str:
    """The sentence of a problem answer (RFC 9457), else the body's beginning."""
    text = body.decode(errors="replace").strip()
    try:
        return str(json.loads(text)["detail"])
    except (ValueError, KeyError, TypeError):
        return text[:200]


def _give_up_where_hopeless(program: Program, layout: Layout) -> None:
    ends = [event for event in read_events(layout.events(program.name)) if event.kind == "ended"]
    if len(ends) >= ATTEMPTS:
        raise StartFailed(
            f"The {program.title} ended {len(ends)} times while it was starting, the last time "
            f"with exit code {ends[-1].exit_code}." + _log_end(program.name, layout)
        )


def _log_end(name: str, layout: Layout) -> str:
    end = layout.log_end(name)
    path = layout.log(name)
    return f" The end of its log, {path}:\n\n{end}\n" if end else f" Its log, {path}, is empty."
