"""The public web and nothing else: which links are shown, which are followed, and how far.

Links and redirects come from strangers. A link that is shown is judged by its form alone; what
is fetched comes from public hosts (:mod:`~backend_service.providers.public_connection`), within
limits of time, size and redirects.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import httpcore

from backend_service.errors import ProviderBadAnswer, ProviderError, ProviderUnavailable
from backend_service.providers.bounded_body import BodyTooLarge, BrokenBody, read_body
from backend_service.providers.public_addresses import is_public_host, normalise_host
from backend_service.providers.public_connection import PublicBackend, Resolve, resolve_host

LINK_LENGTH: Final = 2_048
_PORTS: Final = {"http": 80, "https": 443}
_UNWANTED: Final = re.compile(r"[\x00-\x20\x7f\\\s]")
_SAFE: Final = "/%:@!$&'()*+,;=-._~"
_REDIRECTS: Final = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)
_USER_AGENT: Final = "Bellwether/0.1 (news reader)"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long a question may take in all, how large its unpacked answer may be, how many
    redirects are followed."""

    seconds: float
    body_bytes: int
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer with any status but a redirect.

    Attributes
    ----------
    url : str
        Where it came from in the end.
    headers : mapping of str to str
        Names in lower case.
    body : bytes
        Unpacked.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def public_link(url: str) -> str | None:
    """`url` in normal form where it may be shown as a link, else None; asks no name server.

    It has to be http or https, without user or password, at most 2,048 characters long, and its
    host a name with a dot that can be public, or a public address in its usual form.
    """
    link = normalise_link(url)
    if link is None:
        return None
    return link if is_public_host(urlsplit(link).hostname or "") else None


def normalise_link(url: str) -> str | None:
    """An http or https URL with its host in ASCII and lower case; None for everything else."""
    url = url.strip()
    if len(url) > LINK_LENGTH or _UNWANTED.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
        host = normalise_host(parts.hostname or "")
        path, query, fragment = (
            quote(text, safe=safe)
            for text, safe in (
                (parts.path or "/", _SAFE),
                (parts.query, _SAFE + "?"),
                (parts.fragment, _SAFE + "?"),
            )
        )
    except ValueError:  # UnicodeEncodeError, of a lone surrogate, is one
        return None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or "@" in parts.netloc or port == 0:
        return None
    place = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS[scheme]:
        place = f"{place}:{port}"
    link = urlunsplit((scheme, place, path, query, fragment))
    return link if len(link) <= LINK_LENGTH else None


def explain_status(name: str, status: int) -> ProviderError:
    """What an answer with another status than 200 means; `name` is the source's."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ProviderUnavailable(f"{name} limits the number of requests (status 429).")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return ProviderUnavailable(f"{name} does not let us in (status {status}).")
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return ProviderUnavailable(f"{name} has nothing there (status {status}).")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ProviderUnavailable(f"{name} is not well (status {status}).")
    return ProviderBadAnswer(f"{name} answered with status {status}, which is not expected.")


async def fetch(
    url: str,
    limits: FetchLimits,
    *,
    headers: Mapping[str, str] | None = None,
    allowed_hosts: Collection[str] = (),
    resolve: Resolve = resolve_host,
) -> Fetched:
    """GET `url` and what it redirects to.

    Parameters
    ----------
    url : str
        http or https.
    limits : FetchLimits
    headers : mapping, optional
        Sent to every host on the way: secrets go with ``redirects=0`` only.
    allowed_hosts : collection of str
        Hosts that need not be public.
    resolve : Resolve
        Finds addresses.

    Raises
    ------
    ProviderUnavailable
        No answer, or none in time.
    ProviderBadAnswer
        A host that is not public, too many redirects, too large, or packed in a broken way.
    """
    host = urlsplit(url).hostname or url
    backend = PublicBackend(allowed_hosts, resolve, httpcore.AnyIOBackend())
    try:
        async with (
            asyncio.timeout(limits.seconds),
            httpcore.AsyncConnectionPool(_trust(), network_backend=backend) as pool,
        ):
            for _ in range(limits.redirects + 1):
                link = normalise_link(url)
                if link is None:
                    raise ProviderBadAnswer(f"{host} leads to what is no http or https address.")
                host = urlsplit(link).hostname or link
                answer = await _ask(pool, link, headers or {}, limits)
                if isinstance(answer, Fetched):
                    return answer
                url = urljoin(link, answer)
            raise ProviderBadAnswer(f"{host} redirects more than {limits.redirects} times.")
    except TimeoutError:
        reason = f"{host} did not answer within {limits.seconds:.1f} s."
        raise ProviderUnavailable(reason) from None
    except (httpcore.TimeoutException, httpcore.NetworkError) as error:
        raise ProviderUnavailable(f"{host} cannot be reached.") from error
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, BrokenBody) as error:
        raise ProviderBadAnswer(f"{host} gave no readable answer.") from error
    except BodyTooLarge as error:
        reason = f"{host} answers with more than {limits.body_bytes:,} bytes."
        raise ProviderBadAnswer(reason) from error


@cache
def _trust() -> ssl.SSLContext:
    """Read once: it takes tens of milliseconds."""
    return httpcore.default_ssl_context()


async def _ask(
    pool: httpcore.AsyncConnectionPool,
    link: str,
    headers: Mapping[str, str],
    limits: FetchLimits,
) -> Fetched | str:
    """The answer, or where it redirects to."""
    place = urlsplit(link)
    sent = {
        "Host": place.netloc,
        "User-Agent": _USER_AGENT,
        "Accept-Encoding": "gzip",
        **headers,
    }
    lines = [(name.encode("ascii"), value.encode("latin-1")) for name, value in sent.items()]
    async with pool.stream("GET", link.partition("#")[0], headers=lines) as response:
        received = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        if response.status in _REDIRECTS and "location" in received:
            return received["location"]
        encoding = received.get("content-encoding", "").strip().lower()
        body = await read_body(response.aiter_stream(), encoding, limits.body_bytes)
        return Fetched(link, response.status, received, body)
