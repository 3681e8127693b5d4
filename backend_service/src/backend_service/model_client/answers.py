"""Answers of the model service, checked against its contract before anything relies on them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from backend_service.errors import ModelServiceBadAnswer
from backend_service.market_data.candles import COLUMNS, BrokenCandles, Candles
from backend_service.model_client.generated import (
    EvaluationReport,
    PreprocessResponse,
    SimulateResponse,
)
from backend_service.model_client.service import ModelSeries

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

_THREAD_BYTES: Final = 512 * 1024


async def read_aside(body: bytes, read: Callable[[], T]) -> T:
    """What `read` makes of `body`; of a large one in a thread, so that others are served."""
    return await asyncio.to_thread(read) if len(body) > _THREAD_BYTES else read()


def read_json(body: bytes, model: type[M]) -> M:
    """`body` as a `model` of the contract; JSON's NaN, which is no JSON, is refused."""
    return _validate(_parse(body), model)


def read_series(
    body: bytes, model: type[PreprocessResponse] | type[SimulateResponse]
) -> ModelSeries:
    """The series in `body`, with its hash recomputed.

    The columns are checked as arrays: a million values one by one take seconds.
    """
    content = _parse(body)
    columns = content.get("candles") if isinstance(content, dict) else None
    if not isinstance(columns, dict) or set(columns) != set(COLUMNS):
        raise ModelServiceBadAnswer("The model service's series has no candles.")
    head = _validate({**content, "candles": {k: _first(v) for k, v in columns.items()}}, model)
    try:
        candles = Candles.from_columns(columns)
    except BrokenCandles as error:
        raise ModelServiceBadAnswer(
            f"The model service's candles are not valid: {error}."
        ) from error
    if candles.data_hash != head.data_hash:
        raise ModelServiceBadAnswer("The model service's candles do not have the hash it says.")
    return ModelSeries(
        symbol=head.symbol,
        interval=head.interval,
        price_basis=head.price_basis,
        currency=head.currency,
        timezone=head.timezone,
        candles=candles,
        issues=head.issues if isinstance(head, PreprocessResponse) else (),
    )


def read_report(body: bytes) -> EvaluationReport:
    """`body` as a report; its curves' columns are checked to be as long as their time."""
    report = read_json(body, EvaluationReport)
    for place, curve in enumerate(report.curves):
        for name, column in curve:
            if name != "time" and isinstance(column, list) and len(column) != len(curve.time):
                raise ModelServiceBadAnswer(
                    f"The model service's answer breaks its contract at `curves.{place}.{name}`: "
                    "it is not as long as `time`."
                )
    return report


def read_page(body: bytes) -> bytes:
    """`body`, which has to be an HTML document in UTF-8."""
    try:
        start = body[:100].decode("utf-8", "ignore").lstrip()
        body.decode()
    except UnicodeDecodeError as error:
        raise ModelServiceBadAnswer("The model service's page is not UTF-8.") from error
    if not start.lower().startswith("<!doctype html"):
        raise ModelServiceBadAnswer("The model service's page is not HTML.")
    return body


def _first(column: Any) -> Any:
    """A column of one candle: enough for the contract, which wants at least one."""
    return column[:1] if isinstance(column, list) else column


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ModelServiceBadAnswer("The model service's answer is not JSON.") from error


def _validate(content: Any, model: type[M]) -> M:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ModelServiceBadAnswer(
            f"The model service's answer breaks its contract at `{place}`: {first['msg']}."
        ) from error
