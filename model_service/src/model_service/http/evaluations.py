"""/evaluate and /evaluations: what an agent is worth on candles that it never saw."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response, request

from model_service.evaluation.html_report import render_report
from model_service.http.answers import answer_json
from model_service.http.generated import EvaluateRequest
from model_service.http.inline_candles import read_question
from model_service.http.requests import prefers_html, read_json_object
from model_service.http.services import Services

_VARY = {"Vary": "Accept"}


def make_evaluations_blueprint(services: Services) -> Blueprint:
    """The routes of this resource."""
    blueprint = Blueprint("evaluations", __name__)

    @blueprint.post("/evaluate")
    def evaluate() -> Response:
        # Of unknown length: resampling takes memory and time whatever the length of the body.
        with services.large_bodies.admit(None):
            asked, candles, terms = read_question(
                EvaluateRequest,
                read_json_object(),
                max_candles=services.settings.max_candles,
            )
            if prefers_html(request):
                return _answer_page(services.reports.recall(asked.agent, candles, terms))
            return _answer_report(services.reports.evaluate(asked.agent, candles, terms))

    @blueprint.get("/evaluations")
    def list_evaluations() -> Response:
        return answer_json({"evaluations": services.evaluations.summaries()})

    @blueprint.get("/evaluations/<evaluation_id>")
    def get_evaluation(evaluation_id: str) -> Response:
        content = services.evaluations.get(evaluation_id).content
        return _answer_page(content) if prefers_html(request) else _answer_report(content)

    return blueprint


def _answer_report(content: bytes) -> Response:
    return Response(content, content_type="application/json", headers=_VARY)


def _answer_page(content: bytes) -> Response:
    """The page is made of what a reader of the JSON gets, and of nothing beside it."""
    page = render_report(orjson.loads(content))
    return Response(page, content_type="text/html; charset=utf-8", headers=_VARY)
