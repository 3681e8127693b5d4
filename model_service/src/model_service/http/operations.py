"""/healthz, /readyz and /metrics: what a supervisor and a monitor ask."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from model_service.http.answers import answer_json
from model_service.http.sentiment import describe_readiness
from model_service.http.services import Services


def make_operations_blueprint(services: Services) -> Blueprint:
    """The routes of this resource."""
    blueprint = Blueprint("operations", __name__)
    alive = {"status": "ok", "version": services.code_version}

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return answer_json(alive)

    @blueprint.get("/readyz")
    def readyz() -> Response:
        services.engines.start()
        services.readiness.check()
        return answer_json({**alive, "sentiment": describe_readiness(services)})

    @blueprint.get("/metrics")
    def metrics() -> Response:
        text = generate_latest(services.telemetry.registry)
        return Response(text, content_type=CONTENT_TYPE_LATEST)

    return blueprint
