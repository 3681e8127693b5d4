"""What a failed question to Yahoo means."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from yfinance.exceptions import YFPricesMissingError, YFRateLimitError

from backend_service.errors import (
    ProviderBadAnswer,
    ProviderError,
    ProviderUnavailable,
    SymbolNotFound,
)

if TYPE_CHECKING:
    from backend_service.providers.yahoo_session import Exchange


class TryAgain(ProviderUnavailable):
    """A failure that may be over a moment later."""


def explain_failure(error: Exception, exchange: Exchange) -> ProviderError | SymbolNotFound:
    """What `error` means, judged by what happened on the wire."""
    status = exchange.status
    if exchange.failure is not None:
        return TryAgain(f"Yahoo Finance cannot be reached: {exchange.failure}.")
    if status is None:
        return ProviderUnavailable("Yahoo Finance did not answer in time.")
    if status == HTTPStatus.TOO_MANY_REQUESTS or isinstance(error, YFRateLimitError):
        return ProviderUnavailable("Yahoo Finance limits the number of requests (status 429).")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TryAgain(f"Yahoo Finance is not well (status {status}).")
    if status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND) and (
        isinstance(error, YFPricesMissingError) or status == HTTPStatus.NOT_FOUND
    ):
        # yfinance says the same of an empty chart and of something that is no chart.
        if _is_chart(exchange.content):
            return SymbolNotFound("Yahoo Finance has no candles for that symbol.", field="symbol")
    elif status >= HTTPStatus.BAD_REQUEST:
        return ProviderBadAnswer(f"Yahoo Finance refused the question (status {status}).")
    return ProviderBadAnswer(
        f"Yahoo Finance's answer is not in a form that is known (status {status})."
    )


def _is_chart(content: bytes) -> bool:
    try:
        answer = json.loads(content)
    except ValueError:
        return False
    return isinstance(answer, dict) and isinstance(answer.get("chart"), dict)
