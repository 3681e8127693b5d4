"""Which ports are taken, and by whom."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Sequence

import psutil

from scripts.stack.programs import Program


class PortInUse(Exception):
    """A program's port cannot be had; the message names the variable that changes it."""


def check_ports(programs: Sequence[Program]) -> None:
    """Raise `PortInUse` for the first program whose port is taken."""
    taken_by: dict[int, Program] = {}
    for program in programs:
        twin = taken_by.setdefault(program.port, program)
        if twin is not program:
            raise PortInUse(
                f"{twin.port_variable} and {program.port_variable} both name port {program.port}; "
                "give each a port of its own."
            )
        if not is_free(program.port):
            raise PortInUse(
                f"Port {program.port}, wanted by the {program.title}, is in use"
                f"{_held_by(program.port)}. End that program, or choose another port: "
                f"{program.port_variable}={_next_free(program.port)} make up"
            )


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # A port whose last connections are in TIME_WAIT is free for a server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def free_ports(count: int) -> list[int]:
    """`count` distinct ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _next_free(port: int) -> int:
    return next((p for p in range(port + 1, min(port + 100, 65_536)) if is_free(p)), port + 1)


def _held_by(port: int) -> str:
    """Words for the process that listens on `port`; empty where the system does not tell."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            if (
                connection.status == psutil.CONN_LISTEN
                and connection.laddr
                and connection.laddr.port == port
                and connection.pid
            ):
                process = psutil.Process(connection.pid)
                command = " ".join(process.cmdline())[:120]
                return f" by process {process.pid} ({command or process.name()})"
    except psutil.Error:
        return ""
    return ""
