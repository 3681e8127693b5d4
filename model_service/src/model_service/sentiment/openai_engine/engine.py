"""The `openai` engine: texts go in batches to a language model, within a spending cap a day."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from model_service.errors import SentimentUnavailable
from model_service.sentiment.engine import EngineName, Score
from model_service.sentiment.openai_engine.answers import (
    MalformedAnswer,
    Usage,
    read_scores,
    read_usage,
)
from model_service.sentiment.openai_engine.config import (
    OpenAIConfig,
    Patience,
    read_address,
    read_key,
    read_model,
)
from model_service.sentiment.openai_engine.failures import Failure
from model_service.sentiment.openai_engine.prices import read_prices
from model_service.sentiment.openai_engine.prompt import (
    PROMPT_VERSION,
    bound_input_tokens,
    bound_output_tokens,
    write_texts,
)
from model_service.sentiment.openai_engine.retries import Call, make_retrying
from model_service.sentiment.openai_engine.spending import Allowance, DailySpending, Reservation

if TYPE_CHECKING:
    from model_service.sentiment.openai_engine.endpoint import Endpoint

__all__ = ["OpenAIConfig", "OpenAIEngine"]

BATCH_TEXTS: Final = 20
REQUESTS_AT_ONCE: Final = 4
"""Of one call; a thousand texts would otherwise take minutes."""

_ASSUMED_PRICES: Final = (
    " The prices of this model are not set, so very high ones are assumed:"
    " set MODEL_OPENAI_PRICE_PER_MILLION_INPUT_USD and MODEL_OPENAI_PRICE_PER_MILLION_OUTPUT_USD."
)


@dataclass(frozen=True)
class _Batch:
    count: int
    message: str = field(repr=False)

    @property
    def bound(self) -> Usage:
        return Usage(
            prompt_tokens=bound_input_tokens(self.message),
            completion_tokens=bound_output_tokens(self.count),
        )


class OpenAIEngine:
    """Implements `SentimentEngine` by an endpoint that speaks OpenAI's chat completions.

    Parameters
    ----------
    config : OpenAIConfig
    clock : callable
        Time with its zone; its UTC day is the day of the spending cap.
    patience : Patience, optional
        How often and how long to try.

    Raises
    ------
    SentimentUnavailable
        If there is no usable key or model, or the key must not be sent to the address.
    """

    def __init__(
        self,
        config: OpenAIConfig,
        clock: Callable[[], dt.datetime],
        patience: Patience | None = None,
    ) -> None:
        self._address = read_address(config.base_url)
        self._model = read_model(config.model)
        read_key(config.api_key)
        self._config = config
        self._clock = clock
        self._patience = patience or Patience()
        self._prices = read_prices(config, self._address, self._model)
        self._spending = DailySpending(
            config.book,
            config.daily_budget_usd,
            clock,
            remark=_ASSUMED_PRICES if self._prices.assumed else "",
        )
        self._endpoint: Endpoint | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> EngineName:
        return "openai"

    @property
    def version(self) -> str:
        """Model, host and version of the prompt, as in ``gpt-x@api.openai.com/prompt-1``."""
        return f"{self._model}@{self._address.host}/prompt-{PROMPT_VERSION}"

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score for each text, in order; of a long text its beginning is rated.

        Raises
        ------
        SentimentUnavailable
            If the endpoint does not answer or not as asked, or the texts would pass the spending
            cap. Nothing is scored then; what was answered by then is paid for.
        """
        batches = [
            _Batch(len(part), write_texts(part))
            for part in (
                texts[start : start + BATCH_TEXTS] for start in range(0, len(texts), BATCH_TEXTS)
            )
        ]
        if not batches:
            return []
        # For all batches before the first is sent: half of them would be paid for nothing.
        bounds = [self._prices.cost_usd(batch.bound) for batch in batches]
        day = self._spending.reserve(sum(bounds)).day
        call = Call(time.monotonic() + self._patience.total_seconds)
        with ThreadPoolExecutor(min(REQUESTS_AT_ONCE, len(batches))) as pool:
            futures = [
                pool.submit(self._score_batch, batch, Reservation(day, bound), call)
                for batch, bound in zip(batches, bounds, strict=True)
            ]
        scores = [score for future in futures for score in future.result()]
        call.raise_reason()
        return scores

    def close(self) -> None:
        """Close connections; the next call opens new ones."""
        with self._lock:
            endpoint, self._endpoint = self._endpoint, None
        if endpoint is not None:
            endpoint.close()

    def _score_batch(self, batch: _Batch, reservation: Reservation, call: Call) -> list[Score]:
        allowance = Allowance(self._spending, reservation)
        try:
            return make_retrying(call, self._patience)(self._ask_once, batch, allowance, call)
        except SentimentUnavailable as error:
            call.give_up(error)
        except Failure as failure:
            call.give_up(SentimentUnavailable(failure.sentence))
        except MalformedAnswer as malformed:
            call.give_up(
                SentimentUnavailable(
                    f"The model {self._model} at {self._address.host} was asked twice: {malformed}."
                )
            )
        finally:
            allowance.release()
        return []

    def _ask_once(self, batch: _Batch, allowance: Allowance, call: Call) -> list[Score]:
        endpoint = self._open_endpoint()
        bound = batch.bound
        left = call.seconds_left()
        if left == 0:
            raise SentimentUnavailable(
                f"The texts were not scored within {self._patience.total_seconds:g} s."
            )
        allowance.ensure()
        try:
            body = endpoint.ask(
                batch.message,
                output_tokens=bound.completion_tokens,
                timeout_seconds=min(self._config.timeout_seconds, left),
            )
        except Failure as failure:
            if failure.billed:
                allowance.book(None)
            raise
        usage = read_usage(body)
        allowance.book(None if usage is None else self._prices.cost_usd(usage))
        return read_scores(body, batch.count)

    def _open_endpoint(self) -> Endpoint:
        with self._lock:
            if self._endpoint is None:
                from model_service.sentiment.openai_engine.endpoint import Endpoint

                self._endpoint = Endpoint(
                    self._address, read_key(self._config.api_key), self._model, self._clock
                )
            return self._endpoint
