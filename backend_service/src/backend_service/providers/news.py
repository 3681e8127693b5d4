"""Sources of headlines behind one Protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from datetime import datetime

NewsProviderName = Literal["yahoo", "newsapi", "feed", "upload", "simulated"]
"""The word for where a headline came from, on the wire."""

Precision = Literal["time", "date"]
"""Whether a publication is known to the second, or by its date alone."""


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A headline as its source gave it.

    Attributes
    ----------
    headline : str
        Plain text, not blank.
    published_at : datetime
        UTC; 00:00 of the date where only that is known.
    precision : {'time', 'date'}
    source : str
        Who wrote it: a publisher's name.
    url : str or None
        http or https, to a public host.
    """

    headline: str
    published_at: datetime
    precision: Precision
    source: str
    url: str | None


@dataclass(frozen=True, slots=True)
class NewsAnswer:
    """What a source said, and what to tell it when it is asked again (RFC 9110, section 13)."""

    items: tuple[NewsItem, ...]
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False


class NewsProvider(Protocol):
    """A source of headlines.

    `fetch` returns or raises :class:`backend_service.errors.ProviderError` within a bounded time.
    """

    @property
    def provider(self) -> NewsProviderName:
        """The word for this kind of source on the wire."""
        ...

    @property
    def name(self) -> str:
        """This one source, for people; unique among all."""
        ...

    @property
    def refresh_seconds(self) -> float:
        """After this time it is worth asking again."""
        ...

    def offers(self, symbol: str) -> bool:
        """Whether it may know `symbol`; asks nobody."""
        ...

    async def fetch(
        self, symbol: str, *, etag: str | None, last_modified: str | None
    ) -> NewsAnswer:
        """The newest headlines about `symbol`, or that there are none since the last time."""
        ...
