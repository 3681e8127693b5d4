"""Which hosts and addresses belong to the public internet."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

import idna

_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_PRIVATE_ENDINGS: Final = frozenset(
    {
        "alt",
        "arpa",
        "corp",
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
"""Last labels that no public host has (RFC 2606, 6761, 6762, 7686, 8375, 9476, common usage)."""
_HOST_LENGTH: Final = 253
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def normalise_host(host: str) -> str:
    """A name or address in ASCII and lower case, without the root's dot.

    Raises
    ------
    ValueError
        It is neither a host name nor an address; :class:`idna.IDNAError` is one.
    """
    address = read_address(host)
    if address is not None:
        return str(address)
    # Browsers read full-width digits and other dots as the usual ones, and so does UTS 46.
    name = idna.encode(host.removesuffix("."), uts46=True, std3_rules=True).decode("ascii").lower()
    # idna keeps a dot of its own at the end, of which browsers think nothing: 127.0.0.1.. is none.
    if not name or len(name) > _HOST_LENGTH or name.endswith("."):
        raise ValueError("a host name has 1 to 253 characters and one dot of the root at most")
    return name


def read_address(host: str) -> Address | None:
    """The IP address that `host` is in its usual form; None for names and all other spellings."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public_host(host: str) -> bool:
    """Whether a normalised `host` can be public, judged by its form alone."""
    address = read_address(host)
    if address is not None:
        return is_public_address(address)
    labels = host.split(".")
    if len(labels) < 2 or labels[-1] in _PRIVATE_ENDINGS:
        return False
    # What ends in a number is an address to a browser: 127.1, 0x7f.0.0.1, 2130706433.
    return not _NUMBER.fullmatch(labels[-1])


def is_public_address(address: Address) -> bool:
    """Whether `address` belongs to a single host of the public internet.

    An IPv4 address inside an IPv6 address (mapped, 6to4, NAT64) counts as itself.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public_address(inner)
        if address.scope_id is not None or address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
