"""Routes of the original system."""

from fastapi import APIRouter

from backend_service.compat.samples import HeadlineSamples
from backend_service.compat.schemas import ReadCsvRequest, SampleHeadline
from backend_service.compat.service import ResultsReader
from backend_service.problems import problem_responses


def compat_router(results: ResultsReader, samples: HeadlineSamples) -> APIRouter:
    """The original's paths, outside ``/api``."""
    router = APIRouter(tags=["original system"])

    @router.post(
        "/read-csv",
        operation_id="readCsv",
        summary="Rows of a results file, every value as text",
        response_model=list[dict[str, str]],
        responses=problem_responses(404, 413, 422, 502, 503, 504),
    )
    async def read_csv(request: ReadCsvRequest) -> list[dict[str, str]]:
        return await results.rows(request.fileName)

    @router.post(
        "/sample",
        operation_id="sampleHeadlines",
        summary="The newest scored headlines of all symbols; simulated ones where none is stored",
        response_model=list[SampleHeadline],
        responses=problem_responses(502, 503, 504),
    )
    async def sample_headlines() -> list[SampleHeadline]:
        return await samples.newest()

    return router
