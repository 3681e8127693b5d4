"""``python -m scripts.stack [--tied]``: start Bellwether and stay until it is stopped."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys

from scripts.stack.bellwether import announcement, prepare_folders, services
from scripts.stack.foreground import run
from scripts.stack.lifeline import die_with_parent
from scripts.stack.settings import InvalidSetting, read_settings


def say(line: str) -> None:
    """Print at once; a terminal that has gone away is no reason to stop half-way."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make up", description="Start Bellwether here.")
    parser.add_argument(
        "--tied",
        action="store_true",
        help="stop when the parent process ends (make does not hand every signal on)",
    )
    parent = os.getppid() if parser.parse_args().tied else None
    if parent is not None:
        die_with_parent(parent)
    try:
        settings = read_settings()
    except InvalidSetting as problem:
        say(str(problem))
        return 2
    prepare_folders(settings)
    programs = services(settings)
    say("Starting " + ", ".join(f"{p.title} (port {p.port})" for p in programs) + " …")
    return run(
        programs,
        settings.layout,
        announce=lambda: announcement(settings, programs),
        say=say,
        parent=parent,
    )


if __name__ == "__main__":
    sys.exit(main())
