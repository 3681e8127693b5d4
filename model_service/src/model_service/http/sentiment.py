"""/sentiment: what texts say about a company's prospects. Texts are never logged."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, Response, after_this_request, request

from model_service.errors import InvalidRequest, PayloadTooLarge
from model_service.http.answers import answer_json
from model_service.http.generated import SentimentRequest
from model_service.http.requests import read_json_object, validate
from model_service.http.services import Services
from model_service.sentiment.engine import Score
from model_service.sentiment.refusals import SentimentBusy
from model_service.sentiment.texts import prepare_text


def make_sentiment_blueprint(services: Services) -> Blueprint:
    """The routes of this resource."""
    blueprint = Blueprint("sentiment", __name__)

    @blueprint.post("/sentiment")
    def score_texts() -> Response:
        with services.large_bodies.admit(request.content_length):
            asked = validate(SentimentRequest, read_json_object())
            texts = _prepare(asked.texts, services.settings.sentiment_max_characters)
            try:
                picked = services.engines.pick(asked.engine, while_loading=asked.while_loading)
                scores = picked.scorer.score(texts)
            except SentimentBusy as busy:
                _say_when_to_ask_again(busy.retry_after_seconds)
                raise
            labels = Counter(score.label for score in scores)
            services.telemetry.observe_texts(picked.scorer.name, labels.items())
            return answer_json(
                {
                    "engine": picked.scorer.name,
                    "engine_version": picked.scorer.version,
                    "reason": picked.reason,
                    "scores": [describe_score(score) for score in scores],
                }
            )

    return blueprint


def describe_readiness(services: Services) -> dict[str, Any]:
    """The engines as `SentimentReadiness` of the contract."""
    chosen = services.engines.chosen()
    return {
        "chosen": chosen.engine,
        "reason": chosen.reason,
        "engines": [
            {
                "engine": state.engine,
                "state": state.state,
                "engine_version": state.version,
                "reason": state.reason,
            }
            for state in services.engines.states()
        ],
    }


def describe_score(score: Score) -> dict[str, Any]:
    """A score as `SentimentScore` of the contract."""
    return {
        "label": score.label,
        "positive": score.positive,
        "negative": score.negative,
        "neutral": score.neutral,
        "score": score.score,
    }


def _prepare(texts: list[str], max_characters: int) -> list[str]:
    characters = sum(map(len, texts))
    if characters > max_characters:
        raise PayloadTooLarge(
            f"`texts` have {characters:,} characters together, more than {max_characters:,}.",
            field="texts",
            limit=max_characters,
        )
    prepared = [prepare_text(text) for text in texts]
    if not all(prepared):
        field = f"texts.{prepared.index('')}"
        raise InvalidRequest(f"`{field}` is blank.", field=field)
    return prepared


def _say_when_to_ask_again(seconds: int) -> None:
    @after_this_request
    def add_header(response: Response) -> Response:
        response.headers["Retry-After"] = str(seconds)
        return response
