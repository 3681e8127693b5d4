"""Links that are shown, and fetching within limits."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from small_web import Page, SmallWeb, serve_small_web

from backend_service.errors import ProviderBadAnswer, ProviderError, ProviderUnavailable
from backend_service.providers.public_addresses import is_public_address
from backend_service.providers.public_web import (
    LINK_LENGTH,
    FetchLimits,
    explain_status,
    fetch,
    public_link,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITS = FetchLimits(seconds=5, body_bytes=100_000)
LOCAL = ("127.0.0.1",)


@pytest.fixture(scope="module")
def shared_web() -> Iterator[SmallWeb]:
    with serve_small_web() as server:
        yield server


@pytest.fixture
def web(shared_web: SmallWeb) -> SmallWeb:
    shared_web.pages.clear()
    shared_web.asked.clear()
    return shared_web


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://finance.yahoo.com/news/a-1.html", "https://finance.yahoo.com/news/a-1.html"),
        ("  HTTP://Example.COM:80  ", "http://example.com/"),
        ("https://example.com:8443/a?b=c#d", "https://example.com:8443/a?b=c#d"),
        ("https://example.com/ä%20b", "https://example.com/%C3%A4%20b"),
        ("https://bücher.de/", "https://xn--bcher-kva.de/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
    ],
)
def test_public_links_are_shown_in_normal_form(link: str, shown: str) -> None:
    assert public_link(link) == shown


@pytest.mark.parametrize(
    "link",
    [
        "",
        "//example.com/",
        "/news",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://user@example.com/",
        "https://user:word@example.com/",
        "https://@example.com/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/a b",
        "https://exa\tmple.com/",
        "http://localhost/",
        "http://localhost./",
        "http://LOCALHOST:3000/",
        "http://printer/",
        "http://nas.local/",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.0.0.1./",
        "http://１２７.0.0.1/",
        "http://0.0.0.0/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://[::1",
        "http://example.com:99999/",
        "http://example.com:0/",
        "http://%31%32%37.0.0.1/",
        "http://.../",
        "http:///path",
        "https://example.com/" + "a" * LINK_LENGTH,
        "https://example.com/" + "ä" * (LINK_LENGTH // 4),
        "https://example.com/\ud800",
    ],
)
def test_other_links_are_not_shown(link: str) -> None:
    assert public_link(link) is None


@given(
    st.ip_addresses().filter(lambda address: not is_public_address(address)),
    st.sampled_from(["http", "https", "HTTP"]),
    st.integers(0, 65_535) | st.none(),
)
def test_no_private_address_is_ever_shown(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, scheme: str, port: int | None
) -> None:
    host = f"[{address}]" if address.version == 6 else str(address)
    spellings = [host]
    if isinstance(address, ipaddress.IPv4Address):
        number = int(address)
        octets = [number >> shift & 255 for shift in (24, 16, 8, 0)]
        spellings += [str(number), hex(number), f"0{number:o}", f"{host}."]
        spellings += [".".join(hex(octet) for octet in octets)]
        spellings += [".".join(f"0{octet:o}" for octet in octets)]
        spellings += [f"{octets[0]}.{number & 0xFF_FFFF}", f"[::ffff:{address}]"]
    place = "" if port is None else f":{port}"
    for spelling in spellings:
        assert public_link(f"{scheme}://{spelling}{place}/x") is None


@given(st.text(max_size=80) | st.from_regex(r"https?://[^/]{0,40}/.{0,20}"))
@example("http://a.b:")
@example("http://[a.b]/")
def test_what_is_shown_is_a_plain_public_link_and_stays_as_it_is(text: str) -> None:
    link = public_link(text)
    if link is not None:
        parts = urlsplit(link)
        assert parts.scheme in ("http", "https")
        assert "." in (parts.hostname or "") or ":" in (parts.hostname or "")
        assert "@" not in parts.netloc
        assert link.isascii()
        assert public_link(link) == link


@pytest.mark.anyio
async def test_an_allowed_host_is_fetched_with_its_headers(web: SmallWeb) -> None:
    web.pages["/a"] = Page(b"hello", headers={"X-One": "1"})
    answer = await fetch(
        f"{web.url}/a?b=c#d", LIMITS, headers={"X-Api-Key": "k"}, allowed_hosts=LOCAL
    )
    assert (answer.status, answer.body, answer.headers["x-one"]) == (200, b"hello", "1")
    assert web.asked[0].path == "/a?b=c"
    assert web.asked[0].headers["x-api-key"] == "k"
    assert web.asked[0].headers["host"] == f"127.0.0.1:{web.port}"


@pytest.mark.anyio
@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/a", "http://localhost:{port}/a"])
async def test_private_hosts_are_not_asked(web: SmallWeb, url: str) -> None:
    web.pages["/a"] = Page(b"secret")
    with pytest.raises(ProviderBadAnswer, match="not a public host"):
        await fetch(url.format(port=web.port), LIMITS)
    assert web.asked == []


@pytest.mark.anyio
async def test_other_spellings_of_private_addresses_are_not_asked(web: SmallWeb) -> None:
    web.pages["/a"] = Page(b"secret")
    any_address = "0.0.0.0"  # noqa: S104
    for host in ("2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]", any_address):
        with pytest.raises(ProviderError):
            await fetch(f"http://{host}:{web.port}/a", LIMITS)
    assert web.asked == []


@pytest.mark.anyio
async def test_redirects_are_followed_and_each_is_checked(web: SmallWeb) -> None:
    web.pages["/a"] = Page(status=302, headers={"Location": "/b"})
    web.pages["/b"] = Page(status=308, headers={"Location": f"{web.url}/c"})
    web.pages["/c"] = Page(b"there")
    answer = await fetch(f"{web.url}/a", LIMITS, allowed_hosts=LOCAL)
    assert (answer.body, answer.url) == (b"there", f"{web.url}/c")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "target",
    [
        "http://localhost:{port}/secret",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:{port}/secret",
        "file:///etc/passwd",
        "ftp://example.com/",
        "http://user@127.0.0.1:{port}/secret",
    ],
)
async def test_redirects_to_private_places_are_refused(web: SmallWeb, target: str) -> None:
    web.pages["/secret"] = Page(b"secret")
    web.pages["/a"] = Page(status=301, headers={"Location": target.format(port=web.port)})
    with pytest.raises(ProviderBadAnswer):
        await fetch(f"{web.url}/a", LIMITS, allowed_hosts=LOCAL)
    assert [asked.path for asked in web.asked] == ["/a"]


@pytest.mark.anyio
async def test_endless_redirects_end(web: SmallWeb) -> None:
    web.pages["/a"] = Page(status=302, headers={"Location": "/a"})
    with pytest.raises(ProviderBadAnswer, match="more than 3 times"):
        await fetch(f"{web.url}/a", LIMITS, allowed_hosts=LOCAL)
    assert len(web.asked) == 4


@pytest.mark.anyio
async def test_large_answers_are_not_read(web: SmallWeb) -> None:
    web.pages["/a"] = Page(b"x" * 100_001)
    with pytest.raises(ProviderBadAnswer, match="100,000 bytes"):
        await fetch(f"{web.url}/a", LIMITS, allowed_hosts=LOCAL)


@pytest.mark.anyio
async def test_packed_answers_are_unpacked_up_to_the_limit(web: SmallWeb) -> None:
    packed = {"Content-Encoding": "gzip"}
    web.pages["/small"] = Page(gzip.compress(b"x" * 100_000), headers=packed)
    web.pages["/bomb"] = Page(gzip.compress(bytes(50_000_000)), headers=packed)
    answer = await fetch(f"{web.url}/small", LIMITS, allowed_hosts=LOCAL)
    assert answer.body == b"x" * 100_000
    with pytest.raises(ProviderBadAnswer, match="100,000 bytes"):
        await fetch(f"{web.url}/bomb", LIMITS, allowed_hosts=LOCAL)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "page",
    [
        Page(b"no gzip", headers={"Content-Encoding": "gzip"}),
        Page(gzip.compress(b"x" * 1000)[:-9], headers={"Content-Encoding": "gzip"}),
        Page(b"x", headers={"Content-Encoding": "br"}),
    ],
)
async def test_broken_packing_is_a_bad_answer(web: SmallWeb, page: Page) -> None:
    web.pages["/a"] = page
    with pytest.raises(ProviderBadAnswer, match="no readable answer"):
        await fetch(f"{web.url}/a", LIMITS, allowed_hosts=LOCAL)


@pytest.mark.anyio
@pytest.mark.parametrize("page", [Page(hang=True), Page(drip=True)])
async def test_hosts_that_hang_or_drip_are_left_in_time(web: SmallWeb, page: Page) -> None:
    web.pages["/a"] = page
    limits = FetchLimits(seconds=0.3, body_bytes=100_000)
    started = time.monotonic()
    with pytest.raises(ProviderUnavailable, match=r"within 0\.3 s"):
        await fetch(f"{web.url}/a", limits, allowed_hosts=LOCAL)
    assert time.monotonic() - started < 3


@pytest.mark.anyio
async def test_a_name_server_that_hangs_is_left_in_time() -> None:
    async def hang(host: str, port: int) -> list[str]:
        await asyncio.sleep(30)
        return ["93.184.216.34"]

    limits = FetchLimits(seconds=0.2, body_bytes=100)
    with pytest.raises(ProviderUnavailable, match=r"example\.com did not answer"):
        await fetch("http://example.com/", limits, resolve=hang)


@pytest.mark.anyio
async def test_a_closed_port_is_unavailable() -> None:
    with pytest.raises(ProviderUnavailable, match="cannot be reached"):
        await fetch("http://127.0.0.1:9/", LIMITS, allowed_hosts=LOCAL)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (429, ProviderUnavailable, "limits"),
        (403, ProviderUnavailable, "let us in"),
        (404, ProviderUnavailable, "nothing there"),
        (503, ProviderUnavailable, "not well"),
        (418, ProviderBadAnswer, "418"),
    ],
)
def test_statuses_in_words(status: int, kind: type[ProviderError], words: str) -> None:
    error = explain_status("The feed", status)
    assert type(error) is kind
    assert words in error.detail
