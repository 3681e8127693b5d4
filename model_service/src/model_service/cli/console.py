"""What the commands print to, and how they refuse."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec, TextIO

import typer
from rich.console import Console
from rich.markup import escape

from model_service.errors import BellwetherError

P = ParamSpec("P")

REFUSED = 2

_UNBOUNDED = 240
"""Columns where nobody looks at a screen: a file or a pipe is not cut to 80."""


def _columns(stream: TextIO) -> int | None:
    """None lets the console find out by itself how wide its terminal is."""
    return None if stream.isatty() else _UNBOUNDED


out = Console(width=_columns(sys.stdout))
"""Results."""

console = Console(stderr=True, width=_columns(sys.stderr))
"""Progress and notes."""


def refusals(command: Callable[P, None]) -> Callable[P, None]:
    """Turn an error that a person can act on into one sentence and exit code 2."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except BellwetherError as error:
            where = [
                f"{name} {value}"
                for name, value in (("row", error.row), ("field", error.field))
                if value is not None
            ]
            suffix = f" ({', '.join(where)})" if where else ""
            console.print(f"[red]Refused:[/] {escape(error.detail + suffix)}", highlight=False)
            raise typer.Exit(REFUSED) from None

    return run
