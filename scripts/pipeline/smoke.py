"""``python -m scripts.pipeline.smoke``: does a platform answer, from the page to the agent?

``SMOKE_URL`` is the page's origin. Nothing is stored: candles of the simulated market go from the
gateway to the model service and come back as signals.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from scripts.pipeline.step import StepFailed, exit_status, need

SYMBOL = "SIM-CALM"
ANSWER_SECONDS = 60
WAIT_SECONDS = 120
PAUSE_SECONDS = 3
HEADERS = {"User-Agent": "bellwether-smoke-test"}
MAX_BYTES = 16 * 1024 * 1024

Fetch = Callable[[str], bytes]


class Wrong(Exception):
    """An answer is not what it should be."""


def smoke_test(environment: Mapping[str, str]) -> None:
    """Ask, and ask again for a while: a load balancer may just be learning the new pods.

    Raises
    ------
    StepFailed
        With the last thing that was wrong.
    """
    origin = need(environment, "SMOKE_URL").rstrip("/")
    if not origin.startswith(("https://", "http://")):
        raise StepFailed("SMOKE_URL is an address with http:// or https://.")
    seconds = float(environment.get("SMOKE_SECONDS") or WAIT_SECONDS)
    deadline = time.monotonic() + seconds
    while True:
        try:
            for line in ask_everything(lambda path: _fetch(f"{origin}{path}")):
                print(line)
            return
        except (Wrong, OSError, ValueError, LookupError, TypeError) as problem:
            wrong = f"{type(problem).__name__}: {problem}"
        if time.monotonic() >= deadline:
            raise StepFailed(f"{origin} does not answer as it should. {wrong}")
        time.sleep(PAUSE_SECONDS)


def ask_everything(fetch: Fetch) -> list[str]:
    """One question a tier; what was found, in lines.

    Raises
    ------
    Wrong
    """
    page = fetch("/").decode(errors="replace")
    if "<title>Bellwether" not in page:
        raise Wrong("/ is not the page.")
    candles = _json(fetch, f"/api/candles/{SYMBOL}")["candles"]["time"]
    if not candles:
        raise Wrong(f"there are no candles of {SYMBOL}.")
    signals = _json(fetch, f"/api/signals/{SYMBOL}")
    times = signals["ledger"]["time"]
    if times != candles:
        raise Wrong(f"{len(times)} rows of the ledger for {len(candles)} candles.")
    worth = signals["ledger"]["net_worth"][-1]
    if not worth > 0:
        raise Wrong(f"the ledger ends with {worth}.")
    news = _json(fetch, f"/api/sentiment/{SYMBOL}")
    return [
        f"page: {len(page):,} characters",
        f"gateway: {len(candles):,} candles of {SYMBOL}",
        f"model service: agent {signals['agent']}, net worth {worth:,.0f} in the end",
        f"sentiment: engine {news.get('engine') or 'none yet, without headlines'}",
    ]


def _json(fetch: Fetch, path: str) -> dict[str, Any]:
    answer = json.loads(fetch(path))
    if not isinstance(answer, dict):
        raise Wrong(f"{path} is no object.")
    return answer


def _fetch(address: str) -> bytes:
    request = urllib.request.Request(address, headers=HEADERS)  # noqa: S310 (http)
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            return bytes(answer.read(MAX_BYTES))
    except urllib.error.HTTPError as refusal:
        raise Wrong(f"{address} answers {refusal.code}.") from None


if __name__ == "__main__":
    sys.exit(exit_status(lambda: smoke_test(os.environ)))
