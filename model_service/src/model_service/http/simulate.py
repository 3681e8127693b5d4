"""/simulate: candles of a seeded, simulated market."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from flask import Blueprint, Response, request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from model_service.http.answers import answer_json, describe_series
from model_service.http.requests import read_query
from model_service.market.candles import MAX_SYMBOL_LENGTH, SYMBOL_PATTERN
from model_service.market.simulated import simulate_candles


def _full_date(text: str) -> date:
    """RFC 3339's full-date, and none of the other forms that ISO 8601 has."""
    try:
        day = date.fromisoformat(text)
        if text == day.isoformat():
            return day
    except ValueError:
        pass
    raise PydanticCustomError("full_date", "Input should be a date like 2010-01-04")


FullDate = Annotated[date, BeforeValidator(_full_date)]


class SimulateQuery(BaseModel):
    """Parameters of the operation `simulate`."""

    model_config = ConfigDict(extra="forbid")

    symbol: Annotated[
        str, Field(min_length=1, max_length=MAX_SYMBOL_LENGTH, pattern=SYMBOL_PATTERN)
    ]
    seed: Annotated[int, Field(ge=0, le=4_294_967_295)] = 0
    start: FullDate = date(2010, 1, 4)
    end: FullDate = date(2024, 12, 31)
    interval: Literal["1d", "1h", "1m"] = "1d"


def make_simulate_blueprint() -> Blueprint:
    """The routes of this resource."""
    blueprint = Blueprint("simulate", __name__)

    @blueprint.get("/simulate")
    def simulate() -> Response:
        query = read_query(SimulateQuery, request.args)
        candles = simulate_candles(
            query.symbol,
            seed=query.seed,
            start=query.start,
            end=query.end,
            interval=query.interval,
        )
        return answer_json({**describe_series(candles), "seed": query.seed})

    return blueprint
