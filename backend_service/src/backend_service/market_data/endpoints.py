"""Routes of symbols and candles."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response

from backend_service.market_data.ranges import read_range
from backend_service.market_data.schemas import (
    INTERVAL_LENGTH,
    INTERVAL_PATTERN,
    SYMBOL_LENGTH,
    SYMBOL_PATTERN,
    CandlesResponse,
    Moment,
    SymbolsResponse,
)
from backend_service.market_data.service import CandleService, SymbolService
from backend_service.problems import problem_responses
from backend_service.repeated import RepeatedQuestions

SymbolPath = Annotated[
    str,
    Path(pattern=SYMBOL_PATTERN, min_length=1, max_length=SYMBOL_LENGTH, examples=["SIM-TREND"]),
]
StartQuery = Annotated[
    Moment | None, Query(description="First time: epoch seconds UTC or a date. Open if left out.")
]
EndQuery = Annotated[
    Moment | None,
    Query(description="Last time, inclusive: epoch seconds UTC or a date. Open if left out."),
]
IfNoneMatch = Annotated[str | None, Header(include_in_schema=False)]


def market_data_router(
    candles: CandleService, symbols: SymbolService, repeated: RepeatedQuestions
) -> APIRouter:
    """Routes under ``/api`` that answer from these services."""
    router = APIRouter(prefix="/api", tags=["market data"])

    @router.get(
        "/symbols",
        operation_id="listSymbols",
        summary="Symbols that candles can be had for, and the state of every source",
        response_model=SymbolsResponse,
        responses=problem_responses(422),
    )
    async def list_symbols(
        query: Annotated[
            str, Query(max_length=100, description="Part of a symbol or name; empty lists all.")
        ] = "",
    ) -> SymbolsResponse:
        return await symbols.find(query.strip())

    @router.get(
        "/candles/{symbol}",
        operation_id="getCandles",
        summary="Candles of a symbol",
        response_model=CandlesResponse,
        responses={
            304: {"description": "The client has this answer (If-None-Match)"},
            **problem_responses(404, 422, 502, 503, 504),
        },
    )
    async def get_candles(
        symbol: SymbolPath,
        request: Request,
        interval: Annotated[
            str | None,
            Query(
                pattern=INTERVAL_PATTERN,
                max_length=INTERVAL_LENGTH,
                description="Spacing of the candles; one that the series has.",
            ),
        ] = None,
        start: StartQuery = None,
        end: EndQuery = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        limits = read_range(start, end)
        answer = await candles.answer(symbol, interval, limits)
        repeated.remember(request, lambda: candles.recall(symbol, interval, limits))
        return answer.respond(if_none_match)

    return router
