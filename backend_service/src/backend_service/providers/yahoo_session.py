"""The HTTP session that yfinance is given: another address, a deadline, and a memory.

yfinance bounds single requests, not a question as a whole (which may be five of them), and
turns most failures into the same few exceptions. Its own seam is the session it accepts, so both
are settled there: no request outlives the deadline of the thread's question, and what really
happened on the wire is remembered for the one who has to explain it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from curl_cffi import requests

_DATA_PATHS: Final = ("/v8/finance/chart/", "/v1/finance/search", "/xhr/ncp")
_COOKIE_HOSTS: Final = ("fc.yahoo.com", "guce.yahoo.com", "consent.yahoo.com")
_CRUMB_PATH: Final = "/v1/test/getcrumb"
_COOKIE_SHARE: Final = 0.2
"""Part of the time left that a cookie or crumb may take; the data often comes without them."""


@dataclass(slots=True)
class Exchange:
    """What happened to the last request for data.

    Attributes
    ----------
    status : int or None
        Status of the answer; None where none came.
    content : bytes
        Its body.
    failure : str or None
        Why no answer came, in words.
    """

    status: int | None = None
    content: bytes = b""
    failure: str | None = None


class _Question(threading.local):
    deadline: float = 0.0
    exchange: Exchange = Exchange()


_question = _Question()
"""One a thread, not one a session: yfinance has a single place for the session in use, so a
thread's request may run in the session that another one put there last."""


class YahooSession(requests.Session[Any]):
    """A curl_cffi session for one kind of question at a time and thread.

    Parameters
    ----------
    base_url : str or None
        Address that stands for every Yahoo host; None leaves them as they are.
    """

    def __init__(self, base_url: str | None) -> None:
        super().__init__(impersonate="chrome")
        self._base = urlsplit(base_url) if base_url else None

    def begin(self, seconds: float) -> Exchange:
        """Start a question of this thread that may take `seconds`; its outcome appears in the
        returned object."""
        _question.deadline = time.monotonic() + seconds
        _question.exchange = Exchange()
        return _question.exchange

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        left = _question.deadline - time.monotonic()
        if left <= 0:
            raise requests.exceptions.Timeout("the question's time is over")
        if parts.path.startswith(_DATA_PATHS):
            return self._request_data(method, self._redirect(url), left, *args, **kwargs)
        if parts.hostname in _COOKIE_HOSTS or parts.path == _CRUMB_PATH:
            kwargs["timeout"] = left * _COOKIE_SHARE
            return super().request(method, self._redirect(url), *args, **kwargs)
        # yfinance asks for a company profile where it finds no time zone; nobody here needs it.
        raise requests.exceptions.ConnectionError(f"{parts.path} is not asked for")

    def _request_data(self, method: Any, url: str, left: float, *args: Any, **kwargs: Any) -> Any:
        exchange = _question.exchange
        kwargs["timeout"] = left
        try:
            response = super().request(method, url, *args, **kwargs)
        except requests.exceptions.Timeout:
            exchange.status, exchange.failure = None, "it did not answer in time"
            raise
        except requests.exceptions.DNSError:
            exchange.status, exchange.failure = None, "its name cannot be resolved (no network?)"
            raise
        except requests.exceptions.RequestException:
            exchange.status, exchange.failure = None, "no connection (no network?)"
            raise
        exchange.status, exchange.failure = response.status_code, None
        exchange.content = response.content
        return response

    def _redirect(self, url: str) -> str:
        if self._base is None:
            return url
        parts = urlsplit(url)
        path = self._base.path.rstrip("/") + parts.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))
