"""A bound on request bodies that answers with a problem.

Starlette's own middleware bounds bodies too, but answers a too large Content-Length in plain text.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from backend_service.errors import WHOLE_FILE, PayloadTooLarge
from backend_service.problems import problem_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

DEFAULT_BYTES: Final = 1024 * 1024
"""Largest request body where a path has no limit of its own."""
FORM_BYTES: Final = 1024 * 1024
"""Room for the form around an uploaded file."""


class BodyLimitMiddleware:
    """Refuses bodies over a limit: at once where Content-Length says so, else while reading.

    Parameters
    ----------
    app : ASGI application
    limits : mapping of str to int
        Paths that take files, and the largest file in bytes.
    """

    def __init__(self, app: ASGIApp, limits: Mapping[str, int]) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "GET":
            await self._app(scope, receive, send)
            return
        takes_file = scope["path"] in self._limits
        told = self._limits.get(scope["path"], DEFAULT_BYTES)
        limit = told + FORM_BYTES if takes_file else told
        refusal = PayloadTooLarge(
            f"The request is larger than the {told} bytes that are taken here.",
            field="file" if takes_file else None,
            row=WHOLE_FILE if takes_file else None,
            limit=told,
        )
        if _declared_length(scope) > limit:
            await problem_response(refusal)(scope, receive, send)
            return
        read = 0

        async def receive_within_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                # FastAPI lets only this kind of exception through while it reads a body.
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from refusal
            return message

        await self._app(scope, receive_within_limit, send)


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
