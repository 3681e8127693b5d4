"""Requests that bring their candles: candles and news a column at a time, the rest by its model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from model_service.evaluation.backtest import Terms
from model_service.http.candle_columns import FIELD, PLACEHOLDER, read_candles
from model_service.http.generated import EvaluateRequest, PredictRequest
from model_service.http.news_columns import FIELD as NEWS
from model_service.http.news_columns import empty_columns, read_news
from model_service.http.requests import validate
from model_service.market.candles import Candles
from model_service.trading.costs import Costs

Asked = TypeVar("Asked", PredictRequest, EvaluateRequest)


def read_question(
    model: type[Asked], body: dict[str, Any], *, max_candles: int
) -> tuple[Asked, Candles, Terms]:
    """What is asked, of which candles with their news, and on what terms but a stretch of time.

    Raises
    ------
    InvalidRequest
        With the first field that is wrong; the candles are looked at last.
    PayloadTooLarge
        If there are more than `max_candles`.
    InvalidCandles
        If the columns do not form candles.
    NewsFromTheFuture
        If a headline counts from after the last candle.
    """
    scalars = {**body, FIELD: PLACEHOLDER} if FIELD in body else dict(body)
    if NEWS in body:
        scalars[NEWS] = empty_columns(body[NEWS])
    asked = validate(model, scalars)
    candles = read_candles(
        body[FIELD], symbol=asked.symbol, price_basis=asked.price_basis, max_candles=max_candles
    )
    if asked.news is not None:
        news = read_news(body[NEWS], asked.news.engine, asked.news.engine_version)
        candles = replace(candles, news=news)
    costs = Costs() if asked.costs is None else Costs(**asked.costs.model_dump())
    return asked, candles, Terms(float(asked.cash), costs, asked.fill)
