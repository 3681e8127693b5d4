"""Run programs under supervisord, in a session of its own."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from scripts.stack import keeper
from scripts.stack.lifeline import adopt_orphans, descendants, kill_processes
from scripts.stack.programs import Layout, Program

REPOSITORY = Path(__file__).resolve().parents[2]

STOP_SECONDS = keeper.STOP_GRACE_SECONDS + 5
"""How long stopping may take before whatever is left is killed."""

_SUPERVISORD = """\
[supervisord]
nodaemon=true
silent=true
{user}logfile={log}
logfile_maxbytes=1MB
logfile_backups=1
pidfile={pidfile}

[group:stack]
programs={names}
"""

# `startsecs`: whoever dies sooner is started again after 1, 2, 3 … seconds.
_PROGRAM = """
[program:{name}]
command={command}
directory={directory}
autorestart=true
startsecs=5
startretries=100
stopsignal=TERM
stopwaitsecs={stop_wait}
killasgroup=true
redirect_stderr=true
stdout_logfile={log}
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=3
"""


class Supervisor:
    """supervisord with `programs`, from `start` to `stop`."""

    def __init__(self, programs: Sequence[Program], layout: Layout) -> None:
        self._programs = programs
        self._layout = layout
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Write the configuration and start supervisord; returns at once."""
        self._layout.log_dir.mkdir(parents=True, exist_ok=True)
        self._layout.run_dir.mkdir(parents=True, exist_ok=True)
        for program in self._programs:
            self._layout.events(program.name).unlink(missing_ok=True)
            self._layout.spec(program.name).write_text(_spec(program))
        configuration = self._layout.run_dir / "supervisord.conf"
        configuration.write_text(self._configuration())
        adopt_orphans()
        with self._layout.log("supervisord-output").open("wb") as output:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "scripts.stack.supervisord", str(os.getpid())),
                    *("--configuration", str(configuration)),
                ],
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches the launcher alone, which then stops the rest in order.
                start_new_session=True,
            )

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def request_stop(self) -> None:
        """Ask supervisord to stop its programs and end."""
        if self._process is not None and self.is_alive():
            self._process.send_signal(signal.SIGTERM)

    def has_stopped(self) -> bool:
        """Whether supervisord and all that it started are gone."""
        return not self.is_alive() and not descendants()

    def kill(self) -> None:
        """Kill whatever is left below this process."""
        kill_processes(descendants(), timeout_seconds=2)

    def stop(self) -> None:
        """Stop everything; what has not stopped after `STOP_SECONDS` is killed."""
        self.request_stop()
        deadline = time.monotonic() + STOP_SECONDS
        while not self.has_stopped() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.kill()

    def _configuration(self) -> str:
        head = _SUPERVISORD.format(
            user="user=root\n" if os.geteuid() == 0 else "",
            log=_escape(self._layout.log("supervisord")),
            pidfile=_escape(self._layout.run_dir / "supervisord.pid"),
            names=",".join(program.name for program in self._programs),
        )
        return head + "".join(self._program_section(program) for program in self._programs)

    def _program_section(self, program: Program) -> str:
        arguments = [
            sys.executable,
            "-m",
            keeper.__name__,
            str(self._layout.spec(program.name)),
            str(self._layout.events(program.name)),
        ]
        return _PROGRAM.format(
            name=program.name,
            command=_escape(shlex.join(arguments)) + " %(ENV_BELLWETHER_SUPERVISOR_PID)s",
            directory=_escape(REPOSITORY),
            stop_wait=keeper.STOP_GRACE_SECONDS + 2,
            log=_escape(self._layout.log(program.name)),
        )


def _spec(program: Program) -> str:
    return json.dumps(
        {
            "command": program.command,
            "directory": str(program.directory),
            "environment": dict(program.environment),
        }
    )


def _escape(value: object) -> str:
    """supervisord expands `%` in its configuration."""
    return str(value).replace("%", "%%")
