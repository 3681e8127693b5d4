"""/preprocess: any CSV of candles in, canonical candles and issues out."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field

from model_service.http.answers import answer_json, describe_series
from model_service.http.requests import read_body, read_query
from model_service.http.services import Services
from model_service.market.candles import MAX_SYMBOL_LENGTH, SYMBOL_PATTERN
from model_service.market.ingest import ingest_csv


class PreprocessQuery(BaseModel):
    """Parameters of the operation `preprocess`."""

    model_config = ConfigDict(extra="forbid")

    file_name: Annotated[str, Field(min_length=1, max_length=255)]
    symbol: Annotated[
        str | None,
        Field(min_length=1, max_length=MAX_SYMBOL_LENGTH, pattern=SYMBOL_PATTERN),
    ] = None
    column: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    repair: bool = False


def make_preprocess_blueprint(services: Services) -> Blueprint:
    """The routes of this resource."""
    blueprint = Blueprint("preprocess", __name__)

    @blueprint.post("/preprocess")
    def preprocess() -> Response:
        request.max_content_length = services.settings.max_upload_bytes
        query = read_query(PreprocessQuery, request.args)
        with services.large_bodies.admit(request.content_length):
            ingested = ingest_csv(
                read_body("application/octet-stream"),
                file_name=query.file_name,
                symbol=query.symbol,
                column=query.column,
                repair=query.repair,
                max_bytes=services.settings.max_upload_bytes,
                max_rows=services.settings.max_candles,
            )
            return answer_json(
                {
                    **describe_series(ingested.candles),
                    "issues": [vars(issue) for issue in ingested.issues],
                }
            )

    return blueprint
