"""A short way for questions that have been answered before.

Routing and validating a query costs several times as much as sending a cached answer. A URL that
was understood once means the same ever after; what is remembered here is that meaning, as a
function that looks the answer up. Whether the answer still holds is decided anew every time by
the service that the function asks; where it has none at hand, the request goes the long way.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from backend_service.answers import CACHE_CONTROL, Answer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send


Recall = Callable[[], Answer | None]

_LIMIT: Final = 4_096
_CACHE_CONTROL: Final = (b"cache-control", CACHE_CONTROL.encode())
_CONTENT_TYPE: Final = (b"content-type", b"application/json")


@dataclass(frozen=True, slots=True)
class _Question:
    recall: Recall
    route: Any


class RepeatedQuestions:
    """Meanings of URLs, the least recently asked forgotten first."""

    def __init__(self) -> None:
        self._questions: OrderedDict[tuple[str, bytes], _Question] = OrderedDict()

    def remember(self, request: Request, recall: Recall) -> None:
        """`recall` returns the answer to this request's URL, or None where it is not at hand."""
        scope = request.scope
        key = (scope["path"], scope["query_string"])
        self._questions[key] = _Question(recall, scope.get("route"))
        if len(self._questions) > _LIMIT:
            self._questions.popitem(last=False)

    def recall(self, scope: Scope) -> Answer | None:
        """The answer to this request, where it was answered before and still holds."""
        key = (scope["path"], scope["query_string"])
        question = self._questions.get(key)
        if question is None or scope["method"] != "GET":
            return None
        answer = question.recall()
        if answer is not None:
            self._questions.move_to_end(key)
            scope["route"] = question.route  # telemetry counts by route
        return answer


class RepeatedQuestionsMiddleware:
    """Answers what :class:`RepeatedQuestions` knows before anything is routed."""

    def __init__(self, app: ASGIApp, questions: RepeatedQuestions) -> None:
        self._app = app
        self._questions = questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._questions.recall(scope) if scope["type"] == "http" else None
        if answer is None:
            await self._app(scope, receive, send)
            return
        for name, value in scope["headers"]:
            if name == b"if-none-match":
                await answer.respond(value.decode("latin-1"))(scope, receive, send)
                return
        headers = [
            (b"content-length", str(len(answer.body)).encode()),
            _CONTENT_TYPE,
            (b"etag", answer.etag.encode()),
            _CACHE_CONTROL,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})
