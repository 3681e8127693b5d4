"""Problems on the wire (RFC 9457): how errors become answers, and how the contract shows them."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import orjson
import structlog
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from backend_service.errors import (
    GatewayError,
    InvalidRequest,
    MethodNotAllowed,
    ModelServiceBusy,
    ModelServiceRefusal,
    NotFound,
    ShuttingDown,
)
from backend_service.telemetry.trace_context import current_request_id

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE = "application/problem+json"
_log = structlog.get_logger(__name__)

Responses = dict[int | str, dict[str, Any]]
_RETRY_AFTER: Final = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}


def problem_responses(*statuses: int) -> Responses:
    """The `responses` argument of a route that may answer with these problems."""
    schema = {"$ref": "#/components/schemas/Problem"}
    responses: Responses = {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }
    if HTTPStatus.TOO_MANY_REQUESTS in responses:
        responses[HTTPStatus.TOO_MANY_REQUESTS]["headers"] = _RETRY_AFTER
    return responses


def problem_response(error: GatewayError) -> Response:
    """`error` as an answer, with the id of the request that it answers."""
    problem = {**error.to_problem(), "request_id": current_request_id()}
    status = _status_of(error)
    headers = {}
    if isinstance(error, ModelServiceBusy):
        headers["Retry-After"] = str(error.retry_after_seconds)
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "2"
    return Response(orjson.dumps(problem), status, headers, MEDIA_TYPE)


def _status_of(error: GatewayError) -> int:
    return error.refused_status if isinstance(error, ModelServiceRefusal) else error.status


def describe_validation(error: RequestValidationError) -> InvalidRequest:
    """The first violation as one sentence that names the field."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    field = ".".join(place[1:]) or place[0]
    return InvalidRequest(f"`{field}`: {first['msg']}.", field=field)


async def _on_gateway_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, GatewayError)  # noqa: S101 - registered for this class alone
    if _status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # What the asker did wrong is told the asker alone; this may be somebody else's to mend.
        _log.warning("problem", problem=error.slug, detail=error.logged)
    return problem_response(error)


async def _on_validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    return problem_response(describe_validation(error))


def _describe_http_exception(request: Request, error: HTTPException) -> GatewayError:
    if isinstance(error.__cause__, GatewayError):
        return error.__cause__
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return NotFound(f"There is no `{request.url.path}`.")
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return MethodNotAllowed(f"`{request.url.path}` does not take {request.method}.")
        case _:
            return InvalidRequest(f"The request cannot be read: {error.detail}.")


class UnexpectedErrorMiddleware:
    """Answers what nobody foresaw with a problem, and writes the trace to the log alone.

    It stands inside the telemetry, so that such an answer is counted and has its request id.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch_start(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watch_start)
        except asyncio.CancelledError:
            # The server gives up on what still runs when its time to stop is over.
            if scope["type"] != "http" or started:
                raise
            stopping = ShuttingDown("The gateway was stopped before it had the answer.")
            await problem_response(stopping)(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            _log.error("unexpected_error", exc_info=error)
            failed = GatewayError("Something went wrong here; the log has it under the request id.")
            await problem_response(failed)(scope, receive, send)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    answer = problem_response(_describe_http_exception(request, error))
    if error.headers and "Allow" in error.headers:
        answer.headers["Allow"] = ", ".join(_methods_of(request)) or error.headers["Allow"]
    return answer


def _methods_of(request: Request) -> list[str]:
    """What the contract has for a path: the framework names the first route's methods alone."""
    paths: dict[str, dict[str, Any]] = request.app.openapi()["paths"]
    # A path without parameters goes before one whose parameter it would fit.
    for template in sorted(paths, key=lambda one: one.count("{")):
        if compile_path(template)[0].match(request.url.path):
            return sorted(method.upper() for method in paths[template])
    return []


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every error of `app` with a problem."""
    app.add_exception_handler(GatewayError, _on_gateway_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
