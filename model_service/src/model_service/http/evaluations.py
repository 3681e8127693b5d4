"""/evaluate and /evaluations: what an agent is worth on candles that it never saw."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request

from model_service.evaluation.backtest import Terms
from model_service.evaluation.html_report import render_report
from model_service.http.answers import answer_json
from model_service.http.candle_columns import FIELD as CANDLES
from model_service.http.candle_columns import PLACEHOLDER, read_candles
from model_service.http.generated import EvaluateRequest
from model_service.http.requests import prefers_html, read_json_object, validate
from model_service.http.services import Services
from model_service.trading.costs import Costs

_HTML = "text/html; charset=utf-8"
_VARY = "Accept"


def make_evaluations_blueprint(services: Services) -> Blueprint:
    """The routes of this resource."""
    blueprint = Blueprint("evaluations", __name__)

    @blueprint.post("/evaluate")
    def evaluate() -> Response:
        # Of unknown length: resampling takes memory and time whatever the length of the body.
        with services.large_bodies.admit(None):
            report = _evaluate(services, read_json_object())
        if prefers_html(request):
            # The page is made of what a reader of the JSON gets, and of nothing beside it.
            return _answer_page(orjson.loads(answer_json(report).get_data()))
        return _vary(answer_json(report))

    @blueprint.get("/evaluations")
    def list_evaluations() -> Response:
        return answer_json({"evaluations": services.evaluations.summaries()})

    @blueprint.get("/evaluations/<evaluation_id>")
    def get_evaluation(evaluation_id: str) -> Response:
        stored = services.evaluations.get(evaluation_id)
        if prefers_html(request):
            return _answer_page(stored.report())
        return _vary(Response(stored.content, content_type="application/json"))

    return blueprint


def _evaluate(services: Services, body: dict[str, Any]) -> dict[str, Any]:
    scalars = {**body, CANDLES: PLACEHOLDER} if CANDLES in body else body
    asked = validate(EvaluateRequest, scalars)
    candles = read_candles(
        body[CANDLES],
        symbol=asked.symbol,
        price_basis=asked.price_basis,
        max_candles=services.settings.max_candles,
    )
    costs = Costs() if asked.costs is None else Costs(**asked.costs.model_dump())
    terms = Terms(float(asked.cash), costs, asked.fill)
    return services.evaluator.evaluate(
        asked.agent, candles, terms, code_version=services.code_version
    )


def _answer_page(report: dict[str, Any]) -> Response:
    return _vary(Response(render_report(report), content_type=_HTML))


def _vary(response: Response) -> Response:
    response.headers["Vary"] = _VARY
    return response
