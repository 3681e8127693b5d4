"""/datasets: candles for experiments, put and found by their hash."""

from __future__ import annotations

from flask import Blueprint, Response, request

from model_service.http.answers import answer_json
from model_service.http.requests import read_body
from model_service.http.services import Services

PARQUET = "application/vnd.apache.parquet"


def make_datasets_blueprint(services: Services) -> Blueprint:
    """The routes of this resource."""
    blueprint = Blueprint("datasets", __name__)

    @blueprint.put("/datasets/<data_hash>")
    def put_dataset(data_hash: str) -> Response:
        request.max_content_length = services.settings.max_upload_bytes
        with services.large_bodies.admit(request.content_length):
            return answer_json(vars(services.datasets.put(data_hash, read_body(PARQUET))))

    @blueprint.get("/datasets/<data_hash>")
    def get_dataset(data_hash: str) -> Response:
        return answer_json(vars(services.datasets.head(data_hash)))

    return blueprint
