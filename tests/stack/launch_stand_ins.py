"""The launcher with stand-ins: ``python -m tests.stack.launch_stand_ins FOLDER PORT:MANNER …``.

It takes its parent for the make that started it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scripts.stack.__main__ import say
from scripts.stack.foreground import run
from scripts.stack.programs import Layout, Program

STAND_IN = Path(__file__).with_name("stand_in.py")


def stand_in(number: int, port: int, manner: str) -> Program:
    return Program(
        name=f"stand_in_{number}",
        title=f"stand-in {number}",
        command=(sys.executable, str(STAND_IN), str(port), manner),
        directory=STAND_IN.parent,
        environment={},
        port=port,
        port_variable=f"STAND_IN_{number}_PORT",
        ready_path="/",
    )


def main(folder: Path, descriptions: list[str]) -> int:
    parts = [description.split(":") for description in descriptions]
    programs = [stand_in(n, int(port), manner) for n, (port, manner) in enumerate(parts)]
    layout = Layout(log_dir=folder / "log", run_dir=folder / "run")
    return run(
        programs,
        layout,
        announce=lambda: "all ready",
        say=say,
        start_seconds=10,
        parent=os.getppid(),
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
