"""The public web and nothing else: which links are shown, which are followed, and how far.

Links and redirects come from strangers. A link that is shown is judged by its form alone; one
that is followed is connected to the very address that was checked, so that no second answer of
the name server can lead elsewhere.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import idna

LINK_LENGTH: Final = 2_048
_PORTS: Final = {"http": 80, "https": 443}
_UNWANTED: Final = re.compile(r"[\x00-\x20\x7f\\\s]")
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_PRIVATE_NAMES: Final = frozenset(
    {
        "alt",
        "arpa",
        "corp",
        "example",
        "home",
        "internal",
        "intranet",
        "invalid",
        "lan",
        "local",
        "localdomain",
        "localhost",
        "onion",
        "private",
        "test",
    }
)
"""Last labels that no public host has (RFC 2606, 6761, 6762, 8375, 9476 and common usage)."""
_PATH_LETTERS: Final = "/%:@!$&'()*+,;=-._~"
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def public_link(url: str) -> str | None:
    """`url` in normal form where it may be shown as a link, else None; asks no name server.

    It has to be http or https, without user or password, at most 2,048 characters long, and its
    host a name with a dot that can be public, or a public address in its usual form.
    """
    link = normalise_link(url)
    if link is None:
        return None
    host = urlsplit(link).hostname or ""
    return link if is_public_host(host) else None


def normalise_link(url: str) -> str | None:
    """An http or https URL with its host in ASCII and lower case; None for everything else."""
    url = url.strip()
    if len(url) > LINK_LENGTH or _UNWANTED.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _normalise_host(parts.hostname or "")
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or "@" in parts.netloc or not host or port == 0:
        return None
    place = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS[scheme]:
        place = f"{place}:{port}"
    link = urlunsplit(
        (
            scheme,
            place,
            quote(parts.path or "/", safe=_PATH_LETTERS),
            quote(parts.query, safe=_PATH_LETTERS + "?"),
            quote(parts.fragment, safe=_PATH_LETTERS + "?"),
        )
    )
    return link if len(link) <= LINK_LENGTH else None


def is_public_host(host: str) -> bool:
    """Whether a normalised `host` can be public, judged by its form alone."""
    address = _read_address(host)
    if address is not None:
        return is_public_address(address)
    labels = host.split(".")
    if len(labels) < 2 or labels[-1] in _PRIVATE_NAMES:
        return False
    # Whatever ends in a number is an address to a browser: 127.1, 0x7f.0.0.1, 2130706433.
    return not _NUMBER.fullmatch(labels[-1])


def is_public_address(address: Address) -> bool:
    """Whether `address` belongs to one host of the public internet.

    An IPv4 address inside an IPv6 address counts as itself.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public_address(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _read_address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _normalise_host(host: str) -> str:
    """ASCII in lower case without the root's dot.

    Raises
    ------
    ValueError
        It is no host name; :class:`idna.IDNAError` is one.
    """
    host = host.removesuffix(".")
    if _read_address(host) is not None:
        return str(ipaddress.ip_address(host))
    return idna.encode(host, uts46=True, std3_rules=True).decode("ascii").lower()
