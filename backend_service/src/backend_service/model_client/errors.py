"""How the model service fails, in the gateway's words."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

import httpx
import orjson

from backend_service.errors import (
    PROBLEM_TYPE_PREFIX,
    ModelServiceBadAnswer,
    ModelServiceBusy,
    ModelServiceError,
    ModelServiceRefusal,
    ModelServiceTimeout,
    ModelServiceTokenRefused,
    ModelServiceUnavailable,
    ProblemValue,
)

_PASSED_ON: Final = frozenset(
    {
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""Refusals that are the asker's to mend; any other status is a failure of the service."""
_SECONDS: Final = re.compile(r"[0-9]{1,6}")
_RETRY_AFTER_SECONDS: Final = 5
"""Where the service does not say when its queue has room again."""
_MEMBERS: Final[dict[str, type | tuple[type, ...]]] = {
    "type": str,
    "title": str,
    "detail": str,
    "field": str,
    "row": int,
    "limit": (int, float),
}


def translate_transport_error(error: httpx.HTTPError, path: str) -> ModelServiceError:
    """What a failed exchange means to the one who asked."""
    match error:
        case httpx.ConnectTimeout() | httpx.ConnectError() | httpx.PoolTimeout():
            return ModelServiceUnavailable(
                "The model service does not accept connections; it may be starting."
            )
        case httpx.TimeoutException():
            return ModelServiceTimeout(f"The model service did not answer `{path}` in time.")
        case httpx.RemoteProtocolError() | httpx.DecodingError():
            return ModelServiceBadAnswer(f"The model service broke off its answer to `{path}`.")
        case _:
            return ModelServiceUnavailable(
                f"The connection to the model service failed during `{path}`."
            )


def token_refusal() -> ModelServiceTokenRefused:
    """What it means that the service does not take the gateway's token."""
    return ModelServiceTokenRefused(
        "The model service refuses the gateway: MODEL_SERVICE_TOKEN is not the same in both."
    )


def check_status(
    status: int, media_type: str, body: bytes, path: str, retry_after: str | None = None
) -> None:
    """Raise what an answer other than 2xx means.

    Parameters
    ----------
    status : int
    media_type : str
        Of the body.
    body : bytes
    path : str
        What was asked for.
    retry_after : str, optional
        The answer's Retry-After, which is believed where it is a number of seconds.

    Raises
    ------
    ModelServiceBusy
        The service's queue is full.
    ModelServiceRefusal
        A problem that the asker can mend; it keeps type, row, field, limit and choices.
    ModelServiceTokenRefused
        The service has another token than the gateway.
    ModelServiceUnavailable
        The service says that it is not ready.
    ModelServiceBadAnswer
        Anything else.
    """
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status == HTTPStatus.UNAUTHORIZED:
        raise token_refusal()
    problem = _read_problem(status, media_type, body)
    if problem is None:
        raise ModelServiceBadAnswer(f"The model service answered `{path}` with status {status}.")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise ModelServiceBusy(problem, _read_seconds(retry_after))
    if status in _PASSED_ON:
        raise ModelServiceRefusal(problem)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise ModelServiceUnavailable(
            f"The model service is not ready: {problem['detail']}",
            logged=f"The model service was not ready at `{path}`.",
        )
    raise ModelServiceBadAnswer(
        f"The model service failed at `{path}`: {problem['detail']}",
        logged=f"The model service failed at `{path}` with status {status}.",
    )


def _read_seconds(retry_after: str | None) -> int:
    if retry_after is None or not _SECONDS.fullmatch(retry_after.strip()):
        return _RETRY_AFTER_SECONDS
    return int(retry_after)


def _read_problem(status: int, media_type: str, body: bytes) -> dict[str, ProblemValue] | None:
    if media_type.partition(";")[0].strip().lower() != "application/problem+json":
        return None
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(content, dict):
        return None
    problem: dict[str, ProblemValue] = {"status": status}
    for name, kind in _MEMBERS.items():
        value = content.get(name)
        if isinstance(value, str | int | float) and isinstance(value, kind):
            problem[name] = value
    choices = content.get("choices")
    if isinstance(choices, list) and all(isinstance(choice, str) for choice in choices):
        problem["choices"] = choices
    if not {"title", "detail"} <= problem.keys():
        return None
    return problem if str(problem.get("type", "")).startswith(PROBLEM_TYPE_PREFIX) else None
