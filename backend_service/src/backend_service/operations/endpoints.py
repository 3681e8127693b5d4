"""Routes for those who run the service."""

import asyncio

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import PlainTextResponse

from backend_service import __version__
from backend_service.model_client.generated import Health
from backend_service.operations.schemas import Readiness
from backend_service.operations.service import ReadinessService
from backend_service.problems import problem_responses
from backend_service.telemetry.log_output import current_output
from backend_service.telemetry.metrics import Metrics


def operations_router(readiness: ReadinessService, metrics: Metrics) -> APIRouter:
    """Health, readiness and metrics, outside ``/api``."""
    router = APIRouter(tags=["operations"])

    @router.get(
        "/healthz", operation_id="healthz", summary="The process answers", response_model=Health
    )
    async def healthz() -> Health:
        return Health(status="ok", version=__version__)

    @router.get(
        "/readyz",
        operation_id="readyz",
        summary="The database and the model service answer",
        response_model=Readiness,
        responses=problem_responses(503),
    )
    async def readyz() -> Readiness:
        return Readiness(status="ok", version=__version__, checks=await readiness.check())

    @router.get(
        "/metrics",
        operation_id="metrics",
        summary="Prometheus text",
        response_class=PlainTextResponse,
    )
    async def read_metrics() -> Response:
        output = current_output()
        if output is not None:  # what was counted last is counted by the thread that writes the log
            await asyncio.to_thread(output.writer.flush)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router
