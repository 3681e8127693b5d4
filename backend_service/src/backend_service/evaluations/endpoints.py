"""Routes of evaluations."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import HTMLResponse

from backend_service.agents.question import AgentQuestion, FillRule
from backend_service.evaluations.downloads import (
    DOWNLOAD_RESPONSE,
    answer_download,
    file_name_of,
)
from backend_service.evaluations.kept import KeptEvaluations
from backend_service.evaluations.passports import PassportService
from backend_service.evaluations.service import EvaluationService
from backend_service.market_data.endpoints import IfNoneMatch, SymbolPath
from backend_service.model_client.generated import (
    EvaluationList,
    EvaluationPassport,
    EvaluationReport,
)
from backend_service.problems import Responses, problem_responses
from backend_service.repeated import RepeatedQuestions
from backend_service.signals.endpoints import AgentQuery, BasisPointsQuery, CashQuery

EvaluationPath = Annotated[
    str, Path(pattern="^[a-z0-9][a-z0-9_-]*$", max_length=64, examples=["tdqn"])
]
_NOT_MODIFIED: Responses = {304: {"description": "The client has this answer (If-None-Match)"}}


def _read_question(
    agent: AgentQuery = "default",
    cash: CashQuery = 100_000,
    commission_bps: BasisPointsQuery = 10,
    slippage_bps: BasisPointsQuery = 0,
    fill: FillRule = "next_open",
) -> AgentQuestion:
    return AgentQuestion(agent, cash, commission_bps, slippage_bps, fill)


Question = Annotated[AgentQuestion, Depends(_read_question)]


def evaluations_router(
    evaluations: EvaluationService,
    passports: PassportService,
    kept: KeptEvaluations,
    repeated: RepeatedQuestions,
) -> APIRouter:
    """Routes under ``/api`` that answer from these services."""
    router = APIRouter(prefix="/api", tags=["evaluations"])

    @router.post(
        "/evaluation/run-again",
        operation_id="runEvaluationAgain",
        summary="The evaluation of a passport, computed anew and never from a cache",
        response_model=EvaluationReport,
        responses=problem_responses(404, 409, 413, 422, 502, 503, 504),
    )
    async def run_evaluation_again(passport: EvaluationPassport) -> Response:
        answer = await passports.run_again(passport)
        return Response(answer.body, 200, {"cache-control": "no-store"}, "application/json")

    @router.get(
        "/evaluation/{symbol}",
        operation_id="getEvaluation",
        summary="An agent on the candles of a symbol that it never saw, against buy and hold",
        response_model=EvaluationReport,
        responses={**_NOT_MODIFIED, **problem_responses(404, 413, 422, 502, 503, 504)},
    )
    async def get_evaluation(
        symbol: SymbolPath,
        request: Request,
        question: Question,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        answer = await evaluations.report(symbol, question)
        repeated.remember(request, lambda: evaluations.recall(symbol, question))
        return answer.respond(if_none_match)

    @router.get(
        "/evaluation/{symbol}/report.html",
        operation_id="downloadEvaluation",
        summary="The same report as an HTML file that stands alone",
        response_class=HTMLResponse,
        responses={**DOWNLOAD_RESPONSE, **problem_responses(404, 413, 422, 502, 503, 504)},
    )
    async def download_evaluation(symbol: SymbolPath, question: Question) -> Response:
        answer = await evaluations.page(symbol, question)
        return answer_download(answer, file_name_of(symbol, question.agent))

    @router.get(
        "/evaluations",
        operation_id="listKeptEvaluations",
        summary="The reports of protocols that are kept, those that ship first",
        response_model=EvaluationList,
        responses=problem_responses(502, 503, 504),
    )
    async def list_kept_evaluations() -> EvaluationList:
        return await kept.all()

    @router.get(
        "/evaluations/{evaluation_id}",
        operation_id="getKeptEvaluation",
        summary="One kept report",
        response_model=EvaluationReport,
        responses={**_NOT_MODIFIED, **problem_responses(404, 422, 502, 503, 504)},
    )
    async def get_kept_evaluation(
        evaluation_id: EvaluationPath, if_none_match: IfNoneMatch = None
    ) -> Response:
        return (await kept.report(evaluation_id)).respond(if_none_match)

    @router.get(
        "/evaluations/{evaluation_id}/report.html",
        operation_id="downloadKeptEvaluation",
        summary="One kept report as an HTML file that stands alone",
        response_class=HTMLResponse,
        responses={**DOWNLOAD_RESPONSE, **problem_responses(404, 422, 502, 503, 504)},
    )
    async def download_kept_evaluation(evaluation_id: EvaluationPath) -> Response:
        return answer_download(await kept.page(evaluation_id), file_name_of(evaluation_id))

    return router
