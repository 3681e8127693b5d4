"""A local Yahoo Finance for the browser tests: recorded answers, and some of our own making."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

MADE_SYMBOL: Final = "MADEUP"
"""Its answers are made here, so that its news flows everywhere."""
LAST_SESSION: Final = datetime(2025, 2, 26, 14, 30, tzinfo=UTC)
_SESSIONS: Final = 320
_RECORDED_CHART: Final = "chart-AAPL-2020-08-31-to-2020-11-07.json"
_RECORDED_SEARCH: Final = "search-AAPL.json"
_HEADLINES: Final = (
    (24, 15, "Madeup profit rises to a record on strong demand", "Example Wire"),
    (25, 15, "Madeup shares fall after it cuts its forecast and warns of losses", "Example Post"),
    (25, 16, "Madeup holds its annual meeting in the spring", "Example Wire"),
    (26, 15, "Madeup wins a large order and raises its dividend", "Example Post"),
)
"""Day of February 2025, hour (UTC), headline, who wrote it."""

_NOT_FOUND: Final = {
    "chart": {"result": None, "error": {"code": "Not Found", "description": "No data found"}}
}
_NO_STREAM: Final[dict[str, Any]] = {"data": {"tickerStream": {"stream": []}}}

_Answer = tuple[int, Any]


def _made_chart() -> dict[str, Any]:
    """Daily candles of New York up to `LAST_SESSION`, without a gap but the weekends."""
    days: list[datetime] = []
    day = LAST_SESSION
    while len(days) < _SESSIONS:
        if day.weekday() < 5:
            days.append(day)
        day -= timedelta(days=1)
    days.reverse()
    closes = [100 + index / 10 + 3 * (index % 11) / 11 for index in range(_SESSIONS)]
    end = int(LAST_SESSION.timestamp()) + 23_400
    period = {"timezone": "EST", "start": end - 23_400, "end": end, "gmtoffset": -18_000}
    meta = {
        "currency": "USD",
        "symbol": MADE_SYMBOL,
        "instrumentType": "EQUITY",
        "gmtoffset": -18_000,
        "timezone": "EST",
        "exchangeTimezoneName": "America/New_York",
        "longName": "Madeup Inc.",
        "currentTradingPeriod": {"pre": period, "regular": period, "post": period},
        "dataGranularity": "1d",
        "range": "",
        "validRanges": ["1d", "max"],
    }
    quote = {
        "open": [close - 0.5 for close in closes],
        "high": [close + 1 for close in closes],
        "low": [close - 1 for close in closes],
        "close": closes,
        "volume": [1_000_000] * _SESSIONS,
    }
    result = {
        "meta": meta,
        "timestamp": [int(day.timestamp()) for day in days],
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": closes}]},
    }
    return {"chart": {"result": [result], "error": None}}


def _made_search() -> dict[str, Any]:
    news = [
        {
            "uuid": str(index),
            "title": headline,
            "publisher": publisher,
            "link": f"https://finance.yahoo.com/news/made-up-{index}.html",
            "providerPublishTime": int(datetime(2025, 2, day, hour, tzinfo=UTC).timestamp()),
            "relatedTickers": [MADE_SYMBOL],
        }
        for index, (day, hour, headline, publisher) in enumerate(_HEADLINES)
    ]
    quote = {"symbol": MADE_SYMBOL, "longname": "Madeup Inc.", "quoteType": "EQUITY"}
    return {"quotes": [quote], "news": news}


def _read_recorded(file: Path) -> _Answer:
    recorded = json.loads(file.read_text(encoding="utf-8"))
    return int(recorded["status"]), recorded["body"]


@contextmanager
def serve_yahoo(market_data: Path) -> Iterator[str]:
    """Answer as Yahoo does on a free port of 127.0.0.1; yields the address.

    Parameters
    ----------
    market_data : Path
        The shared data; where its recorded answers are not there, AAPL is not known either.
    """
    charts: dict[str, _Answer] = {MADE_SYMBOL: (HTTPStatus.OK, _made_chart())}
    searches: dict[str, _Answer] = {MADE_SYMBOL: (HTTPStatus.OK, _made_search())}
    for answers, folder, name in (
        (charts, "chart", _RECORDED_CHART),
        (searches, "search", _RECORDED_SEARCH),
    ):
        file = market_data / "yahoo" / folder / name
        if file.is_file():
            answers["AAPL"] = _read_recorded(file)

    def answer(target: str) -> _Answer:
        parts = urlsplit(target)
        if parts.path == "/v1/finance/search":
            query = parse_qs(parts.query).get("q", [""])[0]
            return searches.get(query, (HTTPStatus.OK, {"quotes": [], "news": []}))
        if parts.path.startswith("/v8/finance/chart/"):
            symbol = unquote(parts.path.rpartition("/")[2])
            return charts.get(symbol, (HTTPStatus.NOT_FOUND, _NOT_FOUND))
        return HTTPStatus.OK, _NO_STREAM

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if urlsplit(self.path).path == "/v1/test/getcrumb":
                self._send(HTTPStatus.OK, b"crumb")
            else:
                status, body = answer(self.path)
                self._send(status, json.dumps(body).encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.do_GET()

        def _send(self, status: int, body: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
