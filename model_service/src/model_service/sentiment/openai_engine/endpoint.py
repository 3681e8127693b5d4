"""One request to a chat completions endpoint, through the `openai` package.

The engine imports this module with its first request: the package takes about a second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Final

import httpx2
import openai

from model_service.sentiment.openai_engine.bounded_answer import bound_answer
from model_service.sentiment.openai_engine.config import Address
from model_service.sentiment.openai_engine.dialect import Dialect
from model_service.sentiment.openai_engine.explanations import explain
from model_service.sentiment.openai_engine.failures import Failure
from model_service.sentiment.openai_engine.prompt import INSTRUCTIONS

_MAX_ANSWER_BYTES: Final = 1024 * 1024
_CONNECT_SECONDS: Final = 5.0


class Endpoint:
    """Asks one model at one address; safe to share between threads.

    Parameters
    ----------
    address : Address
    key : str
    model : str
    clock : callable
        Time with its zone, for endpoints that name a time to wait until.
    """

    def __init__(
        self, address: Address, key: str, model: str, clock: Callable[[], dt.datetime]
    ) -> None:
        self._host = address.host
        self._model = model
        self._clock = clock
        self._dialect = Dialect()
        self._client = openai.OpenAI(
            api_key=key,
            # Given, lest the package takes them from the environment.
            admin_api_key="",
            base_url=address.url,
            max_retries=0,
            http_client=httpx2.Client(
                # A proxy of the environment may carry https, which it cannot read, but not the
                # clear text to this machine.
                trust_env=not address.loopback,
                follow_redirects=False,
                headers={"Accept-Encoding": "identity"},
                event_hooks={"response": [partial(bound_answer, max_bytes=_MAX_ANSWER_BYTES)]},
            ),
        )
        # These too: they would tell any endpoint who the user is at another one.
        self._client.organization = None
        self._client.project = None

    def ask(self, message: str, *, output_tokens: int, timeout_seconds: float) -> bytes:
        """The body of the completion for a user's message.

        Optional parameters that the endpoint refuses are left out from then on.

        Raises
        ------
        Failure
            If there is no answer.
        """
        dialect: Dialect | None = self._dialect
        while dialect is not None:
            answer = self._send(message, dialect.parameters(output_tokens), timeout_seconds)
            if isinstance(answer, bytes):
                self._dialect = dialect
                return answer
            failure = self._explain(answer)
            dialect = _another(dialect, answer)
        # Raised outside any `except`, so that nothing of the package's error hangs on it.
        raise failure

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._client.close()

    def _send(
        self, message: str, parameters: dict[str, object], timeout_seconds: float
    ) -> bytes | Exception:
        body: dict[str, object] = {
            "model": self._model,
            "messages": [
                {"role": "system", "content": INSTRUCTIONS},
                {"role": "user", "content": message},
            ],
            **parameters,
        }
        timeout = httpx2.Timeout(timeout_seconds, connect=min(timeout_seconds, _CONNECT_SECONDS))
        try:
            response = self._client.post(
                "/chat/completions",
                cast_to=httpx2.Response,
                body=body,
                options={"timeout": timeout, "security": {"bearer_auth": True}},
            )
        # Whatever it is, it may hold the key: it must not travel on.
        except Exception as error:
            return error
        return response.content

    def _explain(self, error: Exception) -> Failure:
        return explain(error, self._host, self._clock())


def _another(dialect: Dialect, error: Exception) -> Dialect | None:
    if isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError):
        return dialect.without_refused(error.body)
    return None
