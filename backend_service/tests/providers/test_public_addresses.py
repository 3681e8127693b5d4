"""Which hosts and addresses count as public."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_service.providers.public_addresses import (
    is_public_address,
    is_public_host,
    normalise_host,
)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "fe80::1",
        "fe80::1%1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_private_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public_address(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_addresses_of_single_public_hosts_are_public(address: str) -> None:
    assert is_public_address(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_as_its_mapped_form(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert is_public_address(mapped) == is_public_address(address)


@pytest.mark.parametrize(
    "host", ["localhost", "router", "nas.local", "db.internal", "1", "127.1", "0x7f.0.0.1", "a.0x1"]
)
def test_hosts_that_cannot_be_public(host: str) -> None:
    assert not is_public_host(normalise_host(host))


@pytest.mark.parametrize(
    ("host", "normal"),
    [
        ("EXAMPLE.com.", "example.com"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("１２７．０．０．１", "127.0.0.1"),  # full-width digits
        ("2606:4700:0000::1111", "2606:4700::1111"),
    ],
)
def test_hosts_in_normal_form(host: str, normal: str) -> None:
    assert normalise_host(host) == normal


@pytest.mark.parametrize("host", ["", ".", "a b.com", "a_b.com%2e", "x" * 64 + ".com", "[::1]"])
def test_what_is_no_host_is_a_value_error(host: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (idna's errors, and this module's own)
        normalise_host(host)


@pytest.mark.parametrize("host", ["127.0.0.1..", "127.0.0.1\u3002", "localhost..", "a.com\uff0e"])
def test_further_dots_at_the_end_are_no_part_of_a_host(host: str) -> None:
    with pytest.raises(ValueError, match="host"):
        normalise_host(host)
