"""The exception tree of the gateway; every class is also a problem type on the wire.

    GatewayError
    ├── InvalidRequest             a parameter or field that the contract refuses (field)
    ├── PayloadTooLarge            more bytes than the limit
    ├── TooBusy                    more work waits than is taken on
    ├── NotFound                   no such route or method
    │   ├── SymbolNotFound         no source knows the symbol
    │   └── DatasetFileNotFound    no such file inside the dataset folder
    ├── MethodNotAllowed           the route has no such method
    ├── PassportOutdated           candles or agent are no longer those of a passport
    ├── ProviderError
    │   ├── ProviderUnavailable    a source of candles that cannot be reached
    │   └── ProviderBadAnswer      a source whose answer cannot be read
    ├── ModelServiceError
    │   ├── ModelServiceUnavailable   it does not accept connections
    │   ├── ModelServiceTimeout       it took too long
    │   ├── ModelServiceTokenRefused  it asks for another token than the gateway has
    │   ├── ModelServiceBadAnswer     its answer breaks its contract
    │   └── ModelServiceRefusal       its own problem, passed on with its own type
    │       └── ModelServiceBusy         its queue is full; it says when to ask again
    ├── ShuttingDown               the gateway is being stopped
    └── NotReady                   the gateway cannot do its work yet

`type` on the wire is ``urn:bellwether:problem:<slug>`` and never changes once released
(RFC 9457, section 3.1.1).
"""

from __future__ import annotations

from typing import ClassVar

PROBLEM_TYPE_PREFIX = "urn:bellwether:problem:"

ProblemValue = str | int | float | dict[str, str] | list[str]


WHOLE_FILE = 1
"""The row of a refusal that means an uploaded file as a whole."""


class GatewayError(Exception):
    """An error that a person can act on: one clear sentence, and where it points.

    Parameters
    ----------
    detail : str
        One sentence that names the field, row or limit.
    field : str, optional
        Parameter or form field at fault.
    row : int, optional
        Physical line of the uploaded file at fault; the header is 1.
    limit : float, optional
        The limit that was passed.
    logged : str, optional
        What the log says in place of `detail` where that quotes what others have said, who may
        quote what they were sent.
    """

    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Internal error"
    status: ClassVar[int] = 500

    def __init__(
        self,
        detail: str,
        *,
        field: str | None = None,
        row: int | None = None,
        limit: float | None = None,
        logged: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.logged = logged or detail
        self.field = field
        self.row = row
        self.limit = limit

    def to_problem(self) -> dict[str, ProblemValue]:
        """The RFC 9457 members, without those that do not apply."""
        members: dict[str, ProblemValue | None] = {
            "type": PROBLEM_TYPE_PREFIX + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "field": self.field,
            "row": self.row,
            "limit": self.limit,
        }
        return {key: value for key, value in members.items() if value is not None}


class InvalidRequest(GatewayError):
    slug, title, status = "invalid-request", "The request is not valid", 422


class PayloadTooLarge(GatewayError):
    slug, title, status = "payload-too-large", "The payload is too large", 413


class TooBusy(GatewayError):
    slug, title, status = "too-busy", "Too much is waiting", 503


class NotFound(GatewayError):
    slug, title, status = "not-found", "Nothing is here", 404


class SymbolNotFound(NotFound):
    slug, title = "symbol-not-found", "No such symbol"


class DatasetFileNotFound(NotFound):
    slug, title = "dataset-file-not-found", "No such file in the dataset folder"


class MethodNotAllowed(GatewayError):
    slug, title, status = "method-not-allowed", "The method is not allowed here", 405


class PassportOutdated(GatewayError):
    slug, title, status = "passport-outdated", "The passport no longer fits what is here", 409


class ProviderError(GatewayError):
    """A source of candles failed; ``source`` names it."""

    slug, title, status = "provider-error", "A source of candles failed", 502


class ProviderUnavailable(ProviderError):
    slug, title, status = "provider-unavailable", "A source of candles cannot be reached", 503


class ProviderBadAnswer(ProviderError):
    slug, title, status = "provider-bad-answer", "A source of candles gave no readable answer", 502


class ModelServiceError(GatewayError):
    slug, title, status = "model-service-error", "The model service failed", 502


class ModelServiceUnavailable(ModelServiceError):
    slug, title, status = "model-service-unavailable", "The model service cannot be reached", 503


class ModelServiceTimeout(ModelServiceError):
    slug, title, status = "model-service-timeout", "The model service took too long", 504


class ModelServiceTokenRefused(ModelServiceError):
    slug, title, status = (
        "model-service-token-refused",
        "The model service does not know the gateway",
        502,
    )


class ModelServiceBadAnswer(ModelServiceError):
    slug, title, status = "model-service-bad-answer", "The model service's answer is broken", 502


class ModelServiceRefusal(ModelServiceError):
    """A problem of the model service, passed on as it came."""

    def __init__(self, problem: dict[str, ProblemValue]) -> None:
        kind = str(problem.get("type", "")).removeprefix(PROBLEM_TYPE_PREFIX)
        super().__init__(
            str(problem.get("detail", "")),
            logged=f"The model service refuses with status {problem['status']} ({kind}).",
        )
        self._problem = problem
        self.refused_status = int(str(problem["status"]))
        self.refused_field = str(problem["field"]) if "field" in problem else None

    def to_problem(self) -> dict[str, ProblemValue]:
        return self._problem

    def placed(self, field: str, row: int) -> ModelServiceRefusal:
        """The same refusal, with these members where it has none of its own."""
        return ModelServiceRefusal({"field": field, "row": row, **self._problem})

    def about(self, field: str) -> ModelServiceRefusal:
        """The same refusal of a field that the gateway's own request calls by this name."""
        return ModelServiceRefusal({**self._problem, "field": field})


class ModelServiceBusy(ModelServiceRefusal):
    """A refusal for now: the model service's queue is full."""

    def __init__(self, problem: dict[str, ProblemValue], retry_after_seconds: int) -> None:
        super().__init__(problem)
        self.retry_after_seconds = retry_after_seconds

    def about(self, field: str) -> ModelServiceBusy:
        return ModelServiceBusy({**self._problem, "field": field}, self.retry_after_seconds)


class ShuttingDown(GatewayError):
    slug, title, status = "shutting-down", "The service is being stopped", 503


class NotReady(GatewayError):
    """Some dependency does not answer; ``checks`` says for each what is wrong."""

    slug, title, status = "not-ready", "The service is not ready", 503

    def __init__(self, detail: str, checks: dict[str, str]) -> None:
        super().__init__(detail)
        self.checks = checks

    def to_problem(self) -> dict[str, ProblemValue]:
        return {**super().to_problem(), "checks": self.checks}
