"""/predict: what an agent would have done, for a file of the dataset folder or candles inline."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from flask import Blueprint, Response, request

from model_service.artefacts.dataset_folder import FOLDER_NAME
from model_service.evaluation.backtest import Backtest
from model_service.evaluation.report import ACTION_WORDS
from model_service.http.answers import answer_json
from model_service.http.generated import PredictFileRequest, PredictRequest
from model_service.http.inline_candles import read_question
from model_service.http.requests import read_json_object, read_query, validate
from model_service.http.services import Services
from model_service.trading.exposure import ACTION_COUNT


def make_predict_blueprint(services: Services) -> Blueprint:
    """The routes of this resource."""
    blueprint = Blueprint("predict", __name__)

    @blueprint.get("/predict")
    def predict_file() -> Response:
        return _answer_file(services, read_query(PredictFileRequest, request.args))

    @blueprint.post("/predict")
    def predict() -> Response:
        with services.large_bodies.admit(request.content_length):
            body = read_json_object()
            if "input_file" not in body:
                return _answer_inline(services, body)
        return _answer_file(services, validate(PredictFileRequest, body))

    return blueprint


def _answer_file(services: Services, asked: PredictFileRequest) -> Response:
    with services.large_bodies.admit(None):
        results, backtest = services.files.predict(asked.input_file, asked.agent)
    _observe(services, "file", backtest)
    return answer_json({"output_file": f"{FOLDER_NAME}/{results}"})


def _answer_inline(services: Services, body: dict[str, Any]) -> Response:
    asked, candles, terms = read_question(
        PredictRequest, body, max_candles=services.settings.max_candles
    )
    terms = replace(terms, start=asked.start, end=asked.end)
    prediction = services.predictor.predict(asked.agent, candles, terms)
    _observe(services, "inline", prediction.backtest)
    return answer_json(prediction.report(services.code_version))


def _observe(services: Services, form: str, backtest: Backtest) -> None:
    counts = np.bincount(backtest.decisions.action, minlength=ACTION_COUNT)
    services.telemetry.observe_prediction(form, zip(ACTION_WORDS, counts.tolist(), strict=True))
