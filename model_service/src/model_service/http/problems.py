"""Every error as an RFC 9457 problem; what was not foreseen says nothing of the inside."""

from __future__ import annotations

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge

from model_service.errors import BellwetherError, NotReady, PayloadTooLarge, QueueFull
from model_service.http.answers import answer_json
from model_service.http.request_log import request_context

PROBLEM_JSON = "application/problem+json"

_log = structlog.get_logger(__name__)


class MalformedJson(BellwetherError):
    slug, title, status = "malformed-json", "The body is not JSON", 400


class MalformedRequest(BellwetherError):
    slug, title, status = "malformed-request", "The request cannot be read", 400


class TokenRefused(BellwetherError):
    slug, title, status = "token-refused", "The service asks for its token", 401


class RouteNotFound(BellwetherError):
    slug, title, status = "route-not-found", "No such route", 404


class MethodNotAllowed(BellwetherError):
    slug, title, status = "method-not-allowed", "The route does not answer this method", 405


class BodyIncomplete(BellwetherError):
    slug, title, status = "body-incomplete", "The body did not arrive", 408


def register_problems(app: Flask) -> None:
    """Turn whatever a request raises into a problem."""
    app.register_error_handler(BellwetherError, _answer_bellwether_error)
    app.register_error_handler(HTTPException, _answer_http_exception)
    app.register_error_handler(Exception, _answer_unexpected)


def _answer(error: BellwetherError) -> Response:
    problem = {**error.to_problem(), "request_id": request_context().request_id}
    answer = answer_json(problem, status=error.status, content_type=PROBLEM_JSON)
    if isinstance(error, QueueFull):
        answer.headers["Retry-After"] = str(error.retry_seconds)
    if isinstance(error, TokenRefused):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _answer_bellwether_error(error: BellwetherError) -> Response:
    if error.status == NotReady.status:
        _log.warning("not ready", detail=error.detail)
    elif error.status >= 500:
        _log.error("problem", problem=error.slug, detail=error.detail)
    return _answer(error)


def _answer_http_exception(error: HTTPException) -> Response:
    answer = _answer(_as_problem(error))
    allow = error.get_response().headers.get("Allow")
    if allow is not None:
        answer.headers["Allow"] = allow
    if isinstance(error, ClientDisconnected):
        answer.headers["Connection"] = "close"
    return answer


def _as_problem(error: HTTPException) -> BellwetherError:
    if isinstance(error, RequestEntityTooLarge):
        limit = request.max_content_length or 0
        return PayloadTooLarge(
            f"The body is larger than {limit:,} bytes.", field="body", limit=limit
        )
    if isinstance(error, ClientDisconnected):
        return BodyIncomplete("The body was cut short or did not arrive in time.", field="body")
    if error.code == 404:
        return RouteNotFound(f"There is nothing at {request.path}.")
    if error.code == 405:
        return MethodNotAllowed(f"{request.path} does not answer {request.method}.")
    if error.code is not None and error.code < 500:
        return MalformedRequest(f"The request cannot be read: {error.name.lower()}.")
    return BellwetherError("The service failed to answer.")


def _answer_unexpected(error: Exception) -> Response:
    _log.exception("unexpected error", exc_info=error)
    return _answer(
        BellwetherError("The service failed to answer; its log has the cause by request id.")
    )
