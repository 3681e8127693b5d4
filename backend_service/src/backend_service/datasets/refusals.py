"""Refusals of uploads: every one names a field of the form and a row of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from backend_service.errors import (
    WHOLE_FILE,
    GatewayError,
    InvalidRequest,
    ModelServiceRefusal,
)
from backend_service.problems import describe_validation

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.requests import Request
    from starlette.responses import Response

_FILE: Final = "file"


class UploadRoute(APIRoute):
    """A route that takes a file; a form that cannot be read is refused as a whole file."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_upload(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                refusal = describe_validation(error)
                raise InvalidRequest(refusal.detail, field=refusal.field, row=WHOLE_FILE) from error
            except ModelServiceRefusal as error:
                raise error.placed(_FILE, WHOLE_FILE) from error
            except HTTPException as error:
                if isinstance(error.__cause__, GatewayError):
                    raise
                raise InvalidRequest(
                    f"The form cannot be read: {error.detail.rstrip('.')}.",
                    field=_FILE,
                    row=WHOLE_FILE,
                ) from error

        return handle_upload
