"""Secrets taken out of what is logged.

The service's own messages hold none; but libraries quote what they were given, in their errors
most of all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

REDACTED = "REDACTED"

_SHORTEST_SECRET = 6
"""Characters: a shorter one is found inside of words that say nothing of it."""

_PARAMETER = re.compile(
    r"([\w.%-]*(?:key|token|secret|password)[\w.%-]*=)[^\s&\"'<>]+", re.IGNORECASE
)
_CREDENTIALS = re.compile(r"\b((?:bearer|basic)\s+)[\w.~+/=-]{6,}", re.IGNORECASE)
_IN_URL = re.compile(r"(://)[^\s/@\"'<>]+@")


class Redaction:
    """Replaces secrets in texts: those that are known, and what is written as secrets are.

    Parameters
    ----------
    secrets : iterable of str
        Are found as they are, and as they stand in a URL.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spelled = {
            spelling
            for secret in secrets
            if len(secret) >= _SHORTEST_SECRET
            for spelling in (secret, quote(secret, safe=""), quote_plus(secret))
        }
        # Of two that begin alike the longer one first.
        known = sorted(spelled, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def clean(self, text: str) -> str:
        """The text with `REDACTED` in place of each secret."""
        if self._known is not None:
            text = self._known.sub(REDACTED, text)
        if "://" in text:
            text = _IN_URL.sub(rf"\1{REDACTED}@", text)
        if "=" in text:
            text = _PARAMETER.sub(rf"\1{REDACTED}", text)
        return _CREDENTIALS.sub(rf"\1{REDACTED}", text) if " " in text else text
