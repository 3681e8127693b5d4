"""Addresses and URLs among the settings: what is wrong with one, and what in one is secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

_ADDRESS = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})")
_LAST_PORT = 65_535


def read_address(text: str) -> tuple[str, int]:
    """Host and port of ``host:port``; an IPv6 address stands in brackets.

    Raises
    ------
    ValueError
    """
    found = _ADDRESS.fullmatch(text)
    if found is None or not 1 <= int(found[3]) <= _LAST_PORT:
        raise ValueError("it has to be host:port")
    return found[1] or found[2], int(found[3])


def check_http_url(url: str) -> None:
    """Refuse what is no URL of an HTTP server.

    Raises
    ------
    ValueError
        Without the URL, which may have a password in it.
    """
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise ValueError("it has to begin with http:// or https:// and name a host")


def passwords_of(*urls: str | None) -> Iterator[str]:
    """The passwords of URLs, as they are written there and as they are meant."""
    for url in urls:
        if url is None:
            continue
        parts = urlsplit(url)
        given = [parts.password, *(v for k, v in parse_qsl(parts.query) if "password" in k.lower())]
        for password in given:
            if password:
                yield from (password, unquote(password))
