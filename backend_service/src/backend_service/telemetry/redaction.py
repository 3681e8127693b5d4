"""Secrets kept out of what is written down.

Nothing here is meant to be needed: errors are worded without values, and what a library says about
a failed question is not logged. But libraries quote addresses in their errors, and addresses may
hold a password or a key.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from pydantic import SecretStr
from pydantic_core import Url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel

REDACTED: Final = "REDACTED"
_SHORTEST: Final = 4
"""Shorter ones would be found in every second word."""
_TELLING: Final = re.compile(r"key|token|secret|password", re.IGNORECASE)
_SUSPECT: Final = re.compile(rb"key|token|secret|password|%", re.IGNORECASE)
_USER_INFO: Final = re.compile(r"([a-z][a-z0-9+.-]*://)[^\s/?#\"'<>]*@", re.IGNORECASE)
_BEARER: Final = re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}", re.IGNORECASE)
_PARAMETER: Final = re.compile(
    r"([?&][^=&\s\"'<>]*(?:key|token|secret|password)[^=&\s\"'<>]*=)[^&\s\"'<>]+", re.IGNORECASE
)


def clean_query(query: bytes) -> str:
    """A query string without the values of parameters whose names say that they are secret."""
    if not _SUSPECT.search(query):
        return query.decode("latin-1")
    parts = []
    for part in query.decode("latin-1").split("&"):
        name, equals, _ = part.partition("=")
        parts.append(f"{name}={REDACTED}" if equals and _TELLING.search(unquote(name)) else part)
    return "&".join(parts)


class Redaction:
    """Takes secrets out of texts: known ones wherever they stand, others by how they are written.

    Parameters
    ----------
    secrets : iterable of str
        As they are; texts that quote them percent-encoded are found too.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spellings = {
            spelling
            for secret in secrets
            if len(secret) >= _SHORTEST
            for spelling in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret))
        }
        # The longest first: one secret may be the beginning of another.
        self._spellings = sorted(spellings, key=len, reverse=True)

    def clean(self, text: str) -> str:
        """`text` with ``REDACTED`` where a secret stood."""
        for spelling in self._spellings:
            if spelling in text:
                text = text.replace(spelling, REDACTED)
        if "://" in text:
            text = _USER_INFO.sub(rf"\1{REDACTED}@", text)
        if "=" in text:
            text = _PARAMETER.sub(rf"\1{REDACTED}", text)
        return _BEARER.sub(rf"\1 {REDACTED}", text)


def find_secrets(settings: BaseModel) -> set[str]:
    """All that is secret in `settings`: keys and tokens, and passwords and keys of addresses."""
    return {
        secret
        for name in type(settings).model_fields
        for secret in _secrets_of(getattr(settings, name))
    }


def _secrets_of(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _secrets_of(each)
    elif isinstance(value, str | Url) or hasattr(value, "unicode_string"):
        text = str(value)
        if "://" in text:
            yield from _secrets_of_address(text)


def _secrets_of_address(address: str) -> Iterator[str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    if parts.password:
        yield unquote(parts.password)
    for name, value in parse_qsl(parts.query):
        if _TELLING.search(name):
            yield value
