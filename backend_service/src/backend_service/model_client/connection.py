"""The way to the model service: connections, time limits, and what its failures mean.

There is no circuit breaker on purpose: the service is one near peer, a refused connection costs
less than a millisecond, and the first question after its restart should be answered. What a
breaker would guard against is bounded here: connections, waiting for one, every answer's time
and size.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import httpx
import structlog

from backend_service.errors import (
    ModelServiceBadAnswer,
    ModelServiceError,
    ModelServiceRefusal,
    ModelServiceTimeout,
    ModelServiceTokenRefused,
)
from backend_service.model_client.errors import (
    check_status,
    token_refusal,
    translate_transport_error,
)
from backend_service.model_client.transport import KeptConnections
from backend_service.telemetry.spans import client_span
from backend_service.telemetry.trace_context import outgoing_headers

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from backend_service.settings import Settings
    from backend_service.telemetry.metrics import Metrics
    from backend_service.telemetry.spans import Span

_PROBE_SECONDS: Final = 1.0
_log = structlog.get_logger(__name__)


class Connection:
    """Exchanges with the model service.

    Parameters
    ----------
    settings : Settings
        Address and limits.
    metrics : Metrics
        Where failures are counted.
    transport : httpx.AsyncBaseTransport, optional
        Another way to the service than the network.
    """

    def __init__(
        self,
        settings: Settings,
        metrics: Metrics,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._metrics = metrics
        self._server = {
            "server.address": settings.model_url.host or "",
            "server.port": settings.model_url.port or 0,
        }
        self._max_answer_bytes = settings.max_model_answer_bytes
        self._http = httpx.AsyncClient(
            base_url=str(settings.model_url),
            headers=_show_token(settings),
            # How long an answer may take as a whole is the question's; see `ask`.
            timeout=httpx.Timeout(
                None,
                connect=settings.model_connect_seconds,
                pool=settings.model_connect_seconds * 5,
            ),
            transport=transport or _keep_connections(settings),
            trust_env=False,
        )

    async def ask(
        self,
        method: str,
        path: str,
        seconds: float,
        *,
        params: dict[str, str] | None = None,
        content: bytes | AsyncIterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """The body of a 2xx answer within `seconds`; failures are counted and raised."""
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(method, path, params, content, headers)
        except TimeoutError:
            failure: ModelServiceError = ModelServiceTimeout(
                f"The model service did not answer `{path}` within {seconds:g} s."
            )
        except httpx.HTTPError as error:
            failure = translate_transport_error(error, path)
            if content is not None and await self._refuses_token():
                # It answers before it has read a body, and a large one is then cut off.
                failure = token_refusal()
        except ModelServiceRefusal:
            raise
        except ModelServiceError as error:
            failure = error
        if isinstance(failure, ModelServiceTokenRefused):
            _log.error("model_service_token_differs", detail=failure.detail)
        self._metrics.model_errors.labels(failure.slug).inc()
        raise failure

    async def _exchange(
        self,
        method: str,
        path: str,
        params: dict[str, str] | None,
        content: bytes | AsyncIterable[bytes] | None,
        headers: dict[str, str] | None,
    ) -> bytes:
        described = {"http.request.method": method, "url.path": path, **self._server}
        with client_span(f"{method} {path.split('/')[1]}", described) as span:
            return await self._send(method, path, params, content, headers, span)

    async def _send(
        self,
        method: str,
        path: str,
        params: dict[str, str] | None,
        content: bytes | AsyncIterable[bytes] | None,
        headers: dict[str, str] | None,
        span: Span | None,
    ) -> bytes:
        sent = {**outgoing_headers(), **(headers or {})}
        async with self._http.stream(
            method, path, params=params, content=content, headers=sent
        ) as response:
            if span is not None:
                span.set({"http.response.status_code": response.status_code})
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self._max_answer_bytes:
                    raise ModelServiceBadAnswer(
                        f"The model service's answer to `{path}` has more than "
                        f"{self._max_answer_bytes} bytes."
                    )
            media_type = response.headers.get("Content-Type", "")
            retry_after = response.headers.get("Retry-After")
            check_status(response.status_code, media_type, bytes(body), path, retry_after)
            return bytes(body)

    async def _refuses_token(self) -> bool:
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                answer = await self._http.get("/agents")
        except (TimeoutError, httpx.HTTPError):
            return False
        return answer.status_code == HTTPStatus.UNAUTHORIZED

    async def close(self) -> None:
        """Give up all connections."""
        await self._http.aclose()


def _keep_connections(settings: Settings) -> KeptConnections:
    limits = httpx.Limits(
        max_connections=settings.model_connections,
        max_keepalive_connections=settings.model_connections,
        keepalive_expiry=1.0,
    )
    return KeptConnections(limits=limits, trust_env=False)


def _show_token(settings: Settings) -> dict[str, str]:
    token = settings.model_service_token
    return {} if token is None else {"Authorization": f"Bearer {token.get_secret_value()}"}
