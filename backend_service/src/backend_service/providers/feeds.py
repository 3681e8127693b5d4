"""Headlines of RSS and Atom feeds."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from backend_service.errors import ProviderUnavailable
from backend_service.providers.feed_process import read_feed_apart
from backend_service.providers.news import NewsAnswer, NewsProviderName
from backend_service.providers.public_addresses import normalise_host
from backend_service.providers.public_connection import Resolve, resolve_host
from backend_service.providers.public_web import FetchLimits, explain_status, fetch
from backend_service.providers.simulated import PREFIX
from backend_service.telemetry.source_watch import SourceWatch

if TYPE_CHECKING:
    from backend_service.clock import Clock
    from backend_service.settings import Settings
    from backend_service.telemetry.metrics import Metrics

BODY_LIMIT: Final = 5 * 1024 * 1024
"""Bytes of a feed, unpacked."""
_AT_ONCE: Final = 2
"""Documents of one feed that are read at the same time."""
_VALIDATOR_LENGTH: Final = 200
_ACCEPT: Final = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"


class FeedProvider:
    """Headlines of one feed.

    Parameters
    ----------
    template : str
        An entry of ``settings.news_feeds``, with ``{symbol}`` where the symbol belongs.
    settings : Settings
        Budget, refresh time, allowed hosts.
    clock : Clock
        Entries dated after it are left out.
    metrics : Metrics
        Where failures are counted.
    name : str, optional
        Default: host and path of `template`. Its query is not shown, as it may hold a key.
    resolve : Resolve
        Finds addresses.
    """

    provider: NewsProviderName = "feed"

    def __init__(
        self,
        template: str,
        settings: Settings,
        clock: Clock,
        metrics: Metrics,
        *,
        name: str | None = None,
        resolve: Resolve = resolve_host,
    ) -> None:
        self.name = name or describe_feed(template)
        self.refresh_seconds = settings.news_refresh_seconds
        self._template = template
        self._limits = FetchLimits(settings.news_budget_seconds, BODY_LIMIT)
        self._allowed = frozenset(normalise_host(host) for host in settings.news_allowed_hosts)
        self._clock = clock
        self._watch = SourceWatch(self.provider, metrics, clock)
        self._resolve = resolve
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def offers(self, symbol: str) -> bool:
        return not symbol.startswith(PREFIX)

    async def fetch(
        self, symbol: str, *, etag: str | None, last_modified: str | None
    ) -> NewsAnswer:
        with self._watch.question():
            return await self._fetch(symbol, etag, last_modified)

    async def _fetch(self, symbol: str, etag: str | None, last_modified: str | None) -> NewsAnswer:
        headers = {"Accept": _ACCEPT}
        if etag is not None:
            headers["If-None-Match"] = etag
        if last_modified is not None:
            headers["If-Modified-Since"] = last_modified
        fetched = await fetch(
            self._template.replace("{symbol}", quote(symbol, safe="")),
            self._limits,
            headers=headers,
            allowed_hosts=self._allowed,
            resolve=self._resolve,
        )
        if fetched.status == HTTPStatus.NOT_MODIFIED:
            return NewsAnswer((), etag, last_modified, not_modified=True)
        if fetched.status != HTTPStatus.OK:
            raise explain_status(self.name, fetched.status)
        try:
            async with asyncio.timeout(self._limits.seconds), self._turns:
                items = await read_feed_apart(
                    fetched.body,
                    fetched.headers.get("content-type", ""),
                    fetched.url,
                    self._clock(),
                )
        except TimeoutError:
            raise ProviderUnavailable(
                f"The feed of {self.name} takes longer than {self._limits.seconds:.1f} s to read."
            ) from None
        etag, last_modified = (_keep(fetched.headers.get(n)) for n in ("etag", "last-modified"))
        return NewsAnswer(items, etag, last_modified)


def _keep(validator: str | None) -> str | None:
    """What is sent back the next time, where it is of a sensible length."""
    return validator if validator and len(validator) <= _VALIDATOR_LENGTH else None


def make_feed_providers(
    settings: Settings, clock: Clock, metrics: Metrics
) -> tuple[FeedProvider, ...]:
    """A provider for each entry of ``settings.news_feeds``, each with a name of its own."""
    names: dict[str, int] = {}
    providers = []
    for template in settings.news_feeds:
        name = describe_feed(template)
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:
            name = f"{name} ({names[name]})"
        providers.append(FeedProvider(template, settings, clock, metrics, name=name))
    return tuple(providers)


def describe_feed(template: str) -> str:
    """Host and path of a feed's URL."""
    parts = urlsplit(template)
    return f"{parts.hostname or ''}{parts.path}".rstrip("/")[:100]
