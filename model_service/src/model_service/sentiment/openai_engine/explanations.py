"""Why an endpoint gave no answer, in our own words.

What the packages below say may hold request headers, parts of the key or of the texts, so none of
it is passed on, neither as text nor as the cause of an exception.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import math
from collections.abc import Mapping

import httpx2
import openai

from model_service.sentiment.openai_engine.failures import Failure

_SENTENCES = {
    400: "refused the request (400).",
    401: "refused the key (401): check OPENAI_API_KEY.",
    402: "wants to be paid first (402).",
    403: "does not allow the key to use this model (403).",
    404: "knows no such model or address (404): check OPENAI_MODEL and OPENAI_BASE_URL.",
    413: "refused the request as too large (413).",
    422: "refused the request (422).",
}
_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)


def explain(error: Exception, host: str, now: dt.datetime) -> Failure:
    """The failure that an error of the `openai` package stands for.

    Parameters
    ----------
    error : Exception
    host : str
        Of the endpoint, for the sentence.
    now : datetime
        For a time to wait until.
    """
    who = f"The sentiment endpoint at {host}"
    if isinstance(error, openai.APIStatusError):
        return _explain_status(error, who, now)
    cause = error.__cause__
    if isinstance(cause, httpx2.DecodingError):
        return Failure(f"{who} gave an answer that is too long or compressed.", billed=True)
    if isinstance(cause, _NOT_SENT):
        return Failure(f"{who} cannot be reached.", retry=True)
    if isinstance(error, openai.APITimeoutError):
        return Failure(f"{who} did not answer in time.", retry=True, billed=True)
    if isinstance(error, openai.APIConnectionError):
        return Failure(f"{who} broke off the connection.", retry=True, billed=True)
    return Failure(f"{who} could not be asked.", billed=True)


def _explain_status(error: openai.APIStatusError, who: str, now: dt.datetime) -> Failure:
    status = error.status_code
    if status == 429 and error.code == "insufficient_quota":
        return Failure(f"{who} says that the account has no credit left (429).")
    if status == 429:
        wait = read_retry_after(error.response.headers, now)
        asked = "" if wait is None else f" and asks to wait {wait:.0f} s"
        return Failure(
            f"{who} has had too many requests (429){asked}.", retry=True, wait_seconds=wait
        )
    if status >= 500:
        wait = read_retry_after(error.response.headers, now)
        # A gateway may give up on an answer that the model goes on with.
        return Failure(f"{who} failed ({status}).", retry=True, wait_seconds=wait, billed=True)
    if 300 <= status < 400:
        return Failure(
            f"{who} redirects elsewhere ({status}), which is not followed: check OPENAI_BASE_URL."
        )
    retry = status in (408, 409)
    return Failure(
        f"{who} " + _SENTENCES.get(status, f"refused the request ({status})."), retry=retry
    )


def read_retry_after(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Seconds that ``Retry-After`` asks to wait, from a number or a date; None without a valid one.

    Source: RFC 9110, section 10.2.3.
    """
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            until = email.utils.parsedate_to_datetime(value)
        except ValueError:
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=dt.UTC)
        seconds = (until - now).total_seconds()
    return max(seconds, 0.0) if math.isfinite(seconds) else None
