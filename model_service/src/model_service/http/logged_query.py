"""What a log line may say of a request's query."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from model_service.telemetry.redaction import REDACTED

_SOUNDS_SECRET = re.compile("key|token|secret|password", re.IGNORECASE)
_LONGEST = 2_000
"""Characters that are logged."""


def describe_query(query: bytes) -> str:
    """A query as it was sent, without the values of parameters that sound like secrets."""
    text = query.decode("utf-8", "replace")
    return "&".join(_describe(one) for one in text.split("&"))[:_LONGEST]


def _describe(parameter: str) -> str:
    name, equals, _ = parameter.partition("=")
    if equals and _SOUNDS_SECRET.search(unquote_plus(name)):
        return f"{name}={REDACTED}"
    return parameter
