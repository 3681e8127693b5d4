"""Routes of signals."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from backend_service.agents.question import AGENT_LENGTH, AGENT_PATTERN, FillRule
from backend_service.market_data.endpoints import EndQuery, IfNoneMatch, StartQuery, SymbolPath
from backend_service.market_data.ranges import read_range
from backend_service.model_client.generated import PredictResponse
from backend_service.problems import problem_responses
from backend_service.repeated import RepeatedQuestions
from backend_service.signals.question import SignalQuestion
from backend_service.signals.service import SignalService

AgentQuery = Annotated[
    str,
    Query(
        pattern=AGENT_PATTERN,
        min_length=1,
        max_length=AGENT_LENGTH,
        description="Id of the agent; `ID@STEP` is the agent as it was at a step of its training.",
    ),
]
CashQuery = Annotated[
    float, Query(gt=0, le=1e12, allow_inf_nan=False, description="Money at the start.")
]
BasisPointsQuery = Annotated[float, Query(ge=0, le=1000, allow_inf_nan=False)]


def signals_router(signals: SignalService, repeated: RepeatedQuestions) -> APIRouter:
    """Routes under ``/api`` that answer from this service."""
    router = APIRouter(prefix="/api", tags=["signals"])

    @router.get(
        "/signals/{symbol}",
        operation_id="getSignals",
        summary="An agent's decisions, fills, ledger and metrics on a symbol",
        response_model=PredictResponse,
        responses={
            304: {"description": "The client has this answer (If-None-Match)"},
            **problem_responses(404, 413, 422, 502, 503, 504),
        },
    )
    async def get_signals(
        symbol: SymbolPath,
        request: Request,
        agent: AgentQuery = "default",
        start: StartQuery = None,
        end: EndQuery = None,
        cash: CashQuery = 100_000,
        commission_bps: BasisPointsQuery = 10,
        slippage_bps: BasisPointsQuery = 0,
        fill: FillRule = "next_open",
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        question = SignalQuestion(
            agent, cash, commission_bps, slippage_bps, fill, read_range(start, end)
        )
        answer = await signals.answer(symbol, question)
        repeated.remember(request, lambda: signals.recall(symbol, question))
        return answer.respond(if_none_match)

    return router
