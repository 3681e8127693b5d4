"""Names of artefacts: relative, of parts between slashes, the same in a folder and in a bucket."""

from __future__ import annotations

import re

from model_service.errors import InvalidRequest

MAX_LENGTH = 512
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,199}(/[A-Za-z0-9][A-Za-z0-9._@-]{0,199})*")


def is_name(name: str) -> bool:
    """Whether a text is the name of an artefact: no part begins with a dot, none is empty."""
    return len(name) <= MAX_LENGTH and _NAME.fullmatch(name) is not None


def check_name(name: str) -> str:
    """The name.

    Raises
    ------
    InvalidRequest
        If it is not the name of an artefact.
    """
    if not is_name(name):
        raise InvalidRequest(f"{name[:80]!r} is not the name of an artefact.", field="name")
    return name
