"""HTML reports as files to download."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from backend_service.answers import CACHE_CONTROL

if TYPE_CHECKING:
    from backend_service.answers import Answer
    from backend_service.problems import Responses

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_-]+")

DOWNLOAD_RESPONSE: Final[Responses] = {
    200: {
        "description": "The report as HTML that stands alone",
        "headers": {
            "Content-Disposition": {
                "description": "attachment, with a file name",
                "schema": {"type": "string"},
            }
        },
    }
}
"""The `responses` entry of a route that answers with such a file."""


def file_name_of(*parts: str) -> str:
    """A file name for a report about `parts`: letters, digits, `-` and `_` alone.

    Symbols may hold characters that mean something to shells, headers or file systems.
    """
    cleaned = [_UNSAFE.sub("_", part).strip("_") for part in parts]
    return "-".join(["bellwether", *(part for part in cleaned if part)]) + ".html"


def answer_download(answer: Answer, file_name: str) -> Response:
    """`answer` as an HTML file that a browser saves and does not show.

    The page is never rendered under the gateway's own origin; should a client do so all the same,
    the policy gives it no script and no access.
    """
    headers = {
        "etag": answer.etag,
        "cache-control": CACHE_CONTROL,
        "content-disposition": f'attachment; filename="{file_name}"',
        "content-security-policy": "sandbox",
        "x-content-type-options": "nosniff",
    }
    return Response(answer.body, 200, headers, "text/html")
