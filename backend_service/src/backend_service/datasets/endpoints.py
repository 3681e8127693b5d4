"""Routes of uploads."""

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile

from backend_service.datasets.refusals import UploadRoute
from backend_service.datasets.schemas import DatasetResponse
from backend_service.datasets.service import DatasetService, UploadOptions
from backend_service.market_data.schemas import SYMBOL_LENGTH, SYMBOL_PATTERN
from backend_service.problems import problem_responses


def datasets_router(datasets: DatasetService) -> APIRouter:
    """Routes under ``/api`` that answer from this service."""
    router = APIRouter(prefix="/api", tags=["datasets"], route_class=UploadRoute)

    @router.post(
        "/datasets",
        operation_id="uploadDataset",
        summary="Upload a file of candles; uploading a symbol again replaces its series",
        status_code=201,
        response_model=DatasetResponse,
        responses=problem_responses(413, 415, 422, 502, 503, 504),
    )
    async def upload_dataset(
        file: Annotated[UploadFile, File(description=".csv, .csv.gz, or .zip of one.")],
        symbol: Annotated[
            str | None,
            Form(
                pattern=f"^({SYMBOL_PATTERN[1:-1]})?$",
                max_length=SYMBOL_LENGTH,
                description="Default, also for an empty field: the file name before its first "
                "underscore.",
            ),
        ] = None,
        column: Annotated[
            str | None,
            Form(
                max_length=100,
                description="Which price column to read where the file has several; empty: none.",
            ),
        ] = None,
        repair: Annotated[
            bool, Form(description="Repair missed splits and unit errors, not only report them.")
        ] = False,
    ) -> DatasetResponse:
        return await datasets.store(file, UploadOptions(symbol or None, column or None, repair))

    return router
