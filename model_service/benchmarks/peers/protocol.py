"""How a peer is driven: one JSON object a line on standard input, one answer a line on output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

Command = Callable[..., dict[str, Any]]


def answer_commands(commands: dict[str, Command]) -> None:
    """Answer until standard input ends; `command` names the function, the rest is its arguments."""
    # Libraries may print: what they print goes to the error stream, answers to the real output.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        answer = commands[request.pop("command")](**request)
        answers.write(json.dumps(answer) + "\n")
